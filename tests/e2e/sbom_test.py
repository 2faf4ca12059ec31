#!/usr/bin/env -S python3 -B
"""The bill of materials is a sound SPDX 2.3 document, names every library that the binary loads and
every package of a lockfile, and is the same each time; Debian's package is built with every library
that the build wants. usage: sbom_test.py BINARY

What SPDX asks of a document is checked by rules written here from its specification."""

import json
import os
import re
import shutil
import subprocess
import sys

import program as p

LOCK = {
    "name": "page", "lockfileVersion": 3, "packages": {
        "": {"name": "page", "version": "1.0.0"},
        "node_modules/shown": {"version": "2.0.1", "license": "MIT", "integrity": "sha512-" + "A" * 86
                                                                                  + "=="},
        "node_modules/@scope/tool": {"version": "3.1.0", "license": "Odd License 7", "dev": True},
        "node_modules/shown/node_modules/inner": {"version": "0.1.0"},
    },
}
LICENCE = re.compile(r"^(NOASSERTION|NONE|[A-Za-z0-9.+-]+)$")
KINDS = {"DESCRIBES", "DYNAMIC_LINK", "STATIC_LINK", "DEPENDS_ON", "BUILD_TOOL_OF"}


def make(cli, *arguments):
    outcome = subprocess.run([sys.executable, "-B", "tools/make_sbom.py", cli.binary, *arguments],
                             env=dict(os.environ, SOURCE_DATE_EPOCH="1700000000"),
                             capture_output=True, text=True, check=False)
    cli.equal((outcome.returncode, outcome.stderr), (0, ""), "make_sbom.py")
    return outcome.stdout


def check_document(cli, document):
    for key, value in (("spdxVersion", "SPDX-2.3"), ("dataLicense", "CC0-1.0"),
                       ("SPDXID", "SPDXRef-DOCUMENT")):
        cli.equal(document.get(key), value, key)
    cli.check(document.get("name"), "the document's name")
    cli.check(re.match(r"^https?://[^#\s]+$", document.get("documentNamespace", "")), "namespace")
    cli.equal(document["creationInfo"]["created"], "2023-11-14T22:13:20Z", "when it was made")
    cli.check(all(re.match(r"^(Tool|Person|Organization): \S", creator)
                  for creator in document["creationInfo"]["creators"]), "creators")
    known = {other["licenseId"] for other in document.get("hasExtractedLicensingInfos", [])}
    cli.check(all(other.get("extractedText") for other in
                  document.get("hasExtractedLicensingInfos", [])), "texts of other licences")
    ids = [package["SPDXID"] for package in document["packages"]] + ["SPDXRef-DOCUMENT"]
    cli.equal(len(ids), len(set(ids)), "identifiers are there once")
    for package in document["packages"]:
        name = package.get("name")
        cli.check(re.match(r"^SPDXRef-[A-Za-z0-9.-]+$", package["SPDXID"]), f"id of {name}")
        cli.check(name and package.get("versionInfo") and package.get("downloadLocation"),
                  f"fields of {package['SPDXID']}")
        cli.equal(package.get("filesAnalyzed"), False, f"files of {name}")
        for key in ("licenseConcluded", "licenseDeclared"):
            licence = package.get(key, "")
            cli.check(LICENCE.match(licence) and
                      (not licence.startswith("LicenseRef-") or licence in known),
                      f"{key} of {name}: {licence}")
        for checksum in package.get("checksums", []):
            digits = {"SHA256": 64, "SHA512": 128}[checksum["algorithm"]]
            cli.check(re.fullmatch(f"[0-9a-f]{{{digits}}}", checksum["checksumValue"]),
                      f"checksum of {name}")
        for reference in package.get("externalRefs", []):
            cli.check(re.match(r"^pkg:(deb/debian|npm)/\S+@\S+$", reference["referenceLocator"]),
                      f"purl of {name}: {reference}")
    for relation in document["relationships"]:
        cli.check(relation["relationshipType"] in KINDS and relation["spdxElementId"] in ids and
                  relation["relatedSpdxElement"] in ids, f"relation {relation}")
    related = {relation[end] for relation in document["relationships"]
               for end in ("spdxElementId", "relatedSpdxElement")}
    cli.equal(set(ids) - related, set(), "nothing stands alone")


def check_package(cli):
    """Debian's package is built with every library that the build wants."""
    with open("tools/packages_build.txt", encoding="utf-8") as file:
        wanted = {name for name in file.read().split("\n") if re.fullmatch(r"[a-z0-9.+-]+-dev", name)}
    with open("packaging/debian/control", encoding="utf-8") as file:
        stated = set(re.findall(r"^(?:Build-Depends:)?\s+([a-z0-9.+-]+-dev),?$", file.read(), re.M))
    cli.equal(wanted - stated - {"libc6-dev"}, set(), "libraries that packaging/debian/control lacks")


def run(cli):
    check_package(cli)
    if shutil.which("dpkg-query") is None or shutil.which("ldd") is None:
        cli.finish()
        print("skipped: without dpkg there are no packages to name")
        sys.exit(77)
    text = make(cli, "--version", "0.1.0")
    document = json.loads(text)
    check_document(cli, document)
    cli.equal(make(cli, "--version", "0.1.0"), text, "the same again")
    names = {package["name"] for package in document["packages"]}
    wanted = {"cambist", "libc6", "libssl3", "libsqlite3-0", "libuv1", "libseccomp2", "libzstd1",
              "libck-dev"}
    cli.equal(wanted - names, set(), "what every binary is linked with")
    lock = cli.write("package-lock.json", json.dumps(LOCK))
    document = json.loads(make(cli, "--lock", lock))
    check_document(cli, document)
    found = {package["name"]: package for package in document["packages"]}
    cli.equal(found["shown"]["licenseDeclared"], "MIT", "a licence of npm")
    cli.equal(found["shown"]["checksums"][0]["checksumValue"], "0" * 128, "its checksum")
    cli.equal(found["@scope/tool"]["licenseDeclared"], "LicenseRef-Odd-License-7", "another one")
    cli.check("inner" in found, "a package within another")
    kinds = {relation["spdxElementId"]: relation["relationshipType"]
             for relation in document["relationships"]}
    cli.equal(kinds["SPDXRef-npm-scope-tool-3.1.0"], "BUILD_TOOL_OF", "what only builds")


p.main(run)
