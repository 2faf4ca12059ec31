#!/usr/bin/env python3
"""Writes a bill of materials, SPDX 2.3 as JSON, to standard output: what a cambist binary is made of
and linked with. Debian packages come from the libraries that the loader finds and from dpkg, those of
the page from its npm lockfile.

usage: make_sbom.py BINARY [--lock FILE] [--version TEXT]

The same binary on the same packages gives the same bytes when SOURCE_DATE_EPOCH is set."""

import argparse
import base64
import datetime
import hashlib
import json
import os
import re
import subprocess
import sys

# Used by their headers alone, so no library names them.
HEADER_PACKAGES = ("libck-dev",)
SPDX_NAMES = {"Expat": "MIT", "MIT": "MIT", "Apache-2.0": "Apache-2.0", "Apache-2": "Apache-2.0",
              "BSD-2-clause": "BSD-2-Clause", "BSD-3-clause": "BSD-3-Clause", "ISC": "ISC",
              "BSD-2-Clause": "BSD-2-Clause", "BSD-3-Clause": "BSD-3-Clause", "Zlib": "Zlib",
              "zlib": "Zlib", "LGPL-2.1": "LGPL-2.1-only", "LGPL-2.1+": "LGPL-2.1-or-later",
              "GPL-2+": "GPL-2.0-or-later", "CC0-1.0": "CC0-1.0", "0BSD": "0BSD"}
NPM_NAMES = {"MIT", "ISC", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "0BSD", "CC0-1.0", "Zlib",
             "MPL-2.0", "Unlicense", "BlueOak-1.0.0", "Python-2.0", "CC-BY-4.0"}


def run(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True,
                          env=dict(os.environ, LC_ALL="C.UTF-8")).stdout


def identifier(*parts):
    return "SPDXRef-" + re.sub(r"[^A-Za-z0-9.]+", "-", "-".join(parts)).strip("-")


class Licences:
    """Names of licences as SPDX has them; what it does not have is defined in the document."""

    def __init__(self):
        self.others = {}

    def named(self, name, source):
        if name in SPDX_NAMES:
            return SPDX_NAMES[name]
        if name in NPM_NAMES:
            return name
        reference = "LicenseRef-" + re.sub(r"[^A-Za-z0-9.-]+", "-", name).strip("-")
        self.others[reference] = {"licenseId": reference, "name": name,
                                  "extractedText": f"\"{name}\", as {source} says"}
        return reference


def debian_licence(licences, name):
    """What a package's copyright file declares for all of its files, if it says so by the rules."""
    path = f"/usr/share/doc/{name}/copyright"
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            text = file.read()
    except OSError:
        return "NOASSERTION"
    found = re.search(r"^Files: *\*\n(?:.+\n)*?License: *([A-Za-z0-9.+-]+) *$", text, re.M)
    return licences.named(found.group(1), path) if found else "NOASSERTION"


def names_of(path):
    """What dpkg may know a file as: with or without /usr, and what a link points at."""
    real = os.path.realpath(path)
    return [path, real] + [name[4:] for name in (path, real) if name.startswith("/usr/")]


def owners(paths):
    """{path: the Debian package that it belongs to}"""
    asked = sorted({name for path in paths for name in names_of(path)})
    lines = subprocess.run(["dpkg", "-S", *asked], capture_output=True, text=True,
                           check=False).stdout.splitlines()
    known = {name: package.split(", ")[0] for package, _, name in
             (line.partition(": ") for line in lines)}
    found = {path: next((known[name] for name in names_of(path) if name in known), None)
             for path in paths}
    for path in (path for path in paths if found[path] is None):
        sys.exit(f"make_sbom.py: {path} belongs to no Debian package")
    return found


def libraries(binary):
    """{package: linked by the binary itself}"""
    direct = set(re.findall(r"\(NEEDED\).*\[(.+?)\]", run("readelf", "-d", binary)))
    loaded = re.findall(r"^\s*(?:(\S+) => )?(/\S+) \(0x", run("ldd", binary), re.M)
    found = owners([path for _, path in loaded])
    packages = {}
    for name, path in loaded:
        package = found[path]
        packages[package] = packages.get(package, False) or (name or os.path.basename(path)) in direct
    return packages


def debian_package(licences, qualified):
    name = qualified.split(":")[0]
    version, architecture, source = run(
        "dpkg-query", "--show", "--showformat", "${Version}\t${Architecture}\t${source:Package}",
        qualified).split("\t")
    return {
        "SPDXID": identifier("deb", name),
        "name": name,
        "versionInfo": version,
        "sourceInfo": f"built from the Debian source package {source}",
        "supplier": "Organization: Debian",
        "downloadLocation": "NOASSERTION",
        "filesAnalyzed": False,
        "licenseConcluded": "NOASSERTION",
        "licenseDeclared": debian_licence(licences, name),
        "copyrightText": "NOASSERTION",
        "externalRefs": [{"referenceCategory": "PACKAGE-MANAGER", "referenceType": "purl",
                          "referenceLocator": f"pkg:deb/debian/{name}@{version.replace('+', '%2B')}"
                                              f"?arch={architecture}"}],
    }


def npm_packages(licences, path):
    """(package, whether it only builds) of a lockfile of version 2 or 3."""
    with open(path, encoding="utf-8") as file:
        lock = json.load(file)
    for place, entry in sorted(lock.get("packages", {}).items()):
        if place == "" or entry.get("link") or "version" not in entry:
            continue
        name = entry.get("name") or place.rsplit("node_modules/", 1)[-1]
        package = {
            "SPDXID": identifier("npm", name, entry["version"]),
            "name": name,
            "versionInfo": entry["version"],
            "downloadLocation": "NOASSERTION",
            "filesAnalyzed": False,
            "licenseConcluded": "NOASSERTION",
            "licenseDeclared": licences.named(entry["license"], f"{name}'s package.json")
                               if isinstance(entry.get("license"), str) else "NOASSERTION",
            "copyrightText": "NOASSERTION",
            "externalRefs": [{"referenceCategory": "PACKAGE-MANAGER", "referenceType": "purl",
                              "referenceLocator": f"pkg:npm/{name.replace('@', '%40')}"
                                                  f"@{entry['version']}"}],
        }
        integrity = re.match(r"sha512-(\S+)", entry.get("integrity", ""))
        if integrity:
            package["checksums"] = [{"algorithm": "SHA512", "checksumValue": base64.b64decode(
                integrity.group(1)).hex()}]
        yield package, bool(entry.get("dev"))


def relation(source, kind, target):
    return {"spdxElementId": source, "relationshipType": kind, "relatedSpdxElement": target}


def installed(name):
    return subprocess.run(["dpkg-query", "--show", name], capture_output=True,
                          check=False).returncode == 0


def document(arguments):
    licences = Licences()
    with open(arguments.binary, "rb") as file:
        digest = hashlib.sha256(file.read()).hexdigest()
    moment = int(os.environ.get("SOURCE_DATE_EPOCH") or
                 datetime.datetime.now(datetime.timezone.utc).timestamp())
    created = datetime.datetime.fromtimestamp(moment, datetime.timezone.utc)
    main = {"SPDXID": "SPDXRef-cambist", "name": "cambist", "versionInfo": arguments.version,
            "downloadLocation": "NOASSERTION", "filesAnalyzed": False,
            "licenseConcluded": "Apache-2.0", "licenseDeclared": "Apache-2.0",
            "copyrightText": "NOASSERTION", "primaryPackagePurpose": "APPLICATION",
            "checksums": [{"algorithm": "SHA256", "checksumValue": digest}]}
    packages, relations = {main["SPDXID"]: main}, [relation("SPDXRef-DOCUMENT", "DESCRIBES",
                                                            main["SPDXID"])]
    for name, is_direct in sorted(libraries(arguments.binary).items()):
        package = debian_package(licences, name)
        packages[package["SPDXID"]] = package
        relations.append(relation(main["SPDXID"], "DYNAMIC_LINK" if is_direct else "DEPENDS_ON",
                                  package["SPDXID"]))
    for name in filter(installed, HEADER_PACKAGES):
        package = debian_package(licences, name)
        packages[package["SPDXID"]] = package
        relations.append(relation(main["SPDXID"], "STATIC_LINK", package["SPDXID"]))
    for package, builds_only in npm_packages(licences, arguments.lock) if arguments.lock else ():
        if package["SPDXID"] not in packages:
            packages[package["SPDXID"]] = package
            relations.append(relation(package["SPDXID"], "BUILD_TOOL_OF", main["SPDXID"])
                             if builds_only else
                             relation(main["SPDXID"], "STATIC_LINK", package["SPDXID"]))
    result = {
        "spdxVersion": "SPDX-2.3",
        "dataLicense": "CC0-1.0",
        "SPDXID": "SPDXRef-DOCUMENT",
        "name": f"cambist-{arguments.version}",
        "documentNamespace": f"https://spdx.org/spdxdocs/cambist-{arguments.version}-{digest}",
        "creationInfo": {"created": created.strftime("%Y-%m-%dT%H:%M:%SZ"),
                         "creators": ["Tool: cambist-make_sbom"]},
        "packages": list(packages.values()),
        "relationships": relations,
    }
    if licences.others:
        result["hasExtractedLicensingInfos"] = [licences.others[name]
                                                for name in sorted(licences.others)]
    return result


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("binary")
    parser.add_argument("--lock", help="the page's package-lock.json")
    parser.add_argument("--version", default="unknown")
    json.dump(document(parser.parse_args()), sys.stdout, indent=1, sort_keys=True)
    print()


if __name__ == "__main__":
    main()
