"""Officers of the test venue: what cambist admin proposes, they sign and submit."""

import itertools

numbers = itertools.count()


class Officers:
    """`keys` is the venue's keys file."""

    def __init__(self, cli, folder, keys):
        self.cli = cli
        self.folder = folder
        self.keys = {officer["code"]: officer["key"] for officer in keys["officers"]}

    def admin(self, *arguments):
        """(exit code, output, errors)"""
        return self.cli.run("admin", "--data", self.folder, *arguments)

    def propose(self, *arguments):
        code, text, error = self.admin("--propose", *arguments)
        self.cli.equal(code, 0, f"proposing {' '.join(arguments)} ({error.strip()})")
        return self.cli.write(f"order-{next(numbers)}", text)

    def sign(self, path, officer):
        code, text, error = self.cli.run("approve", "sign", path, "--officer", officer, "--key",
                                         self.keys[officer])
        self.cli.equal(code, 0, f"{officer} signs ({error.strip()})")
        return self.cli.write(f"order-{next(numbers)}.{officer}", text)

    def submit(self, *paths):
        return self.admin("order", "submit", *paths)

    def give(self, *arguments, signed_by=("anna", "bela")):
        """The order with their signatures; fails unless it is carried out. Its number."""
        path = self.propose(*arguments)
        signed = [self.sign(path, officer) for officer in signed_by]
        code, output, error = self.submit(*signed)
        self.cli.equal(code, 0, f"{' '.join(arguments)}, signed ({error.strip()})")
        return int(output.split()[-1])
