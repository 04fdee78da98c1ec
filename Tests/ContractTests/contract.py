#!/usr/bin/env python3
"""Checks the contract's files with Debian's python3-jsonschema and python3-yaml.

  contract.py validate FILE[#/POINTER] VALUES   VALUES: a JSON array of texts. For each one line: valid, invalid: why,
                                                or unparsable: why
  contract.py examples FILE                     the same for the schema's own examples
  contract.py describe FILE                     parses an AsyncAPI document, resolves every $ref, and prints as JSON its
                                                channels' addresses and its messages' header names
"""

import json
import pathlib
import sys
import urllib.parse

import jsonschema
import yaml


def load(uri):
    path = pathlib.Path(urllib.parse.unquote(urllib.parse.urlsplit(uri).path))
    text = path.read_text(encoding="utf-8")
    return yaml.safe_load(text) if path.suffix == ".yaml" else json.loads(text)


def resolver(uri):
    return jsonschema.RefResolver(uri, load(uri), handlers={"file": load})


def refused(constant):
    raise ValueError(f"{constant} is not JSON")


def validator(target):
    path, _, pointer = target.partition("#")
    uri = pathlib.Path(path).resolve().as_uri()
    references = resolver(uri)
    schema = references.resolve(uri + "#" + pointer)[1]
    jsonschema.Draft7Validator.check_schema(schema)
    # The pointer's schema has references of its own file, so it is named rather than given.
    return jsonschema.Draft7Validator({"$ref": uri + "#" + pointer}, resolver=references)


def verdict(checker, text):
    try:
        value = json.loads(text, parse_constant=refused)
    except ValueError as error:
        return f"unparsable: {error}"
    error = jsonschema.exceptions.best_match(checker.iter_errors(value))
    if error is None:
        return "valid"
    place = "/".join(str(part) for part in error.absolute_path)
    return f"invalid: {place}: {error.message}".replace("\n", " ")[:300].encode("ascii", "replace").decode()


def references(node):
    if isinstance(node, dict):
        if isinstance(node.get("$ref"), str):
            yield node["$ref"]
        for child in node.values():
            yield from references(child)
    elif isinstance(node, list):
        for child in node:
            yield from references(child)


def header_names(references, uri, schema):
    """All names under `properties`, through references."""
    if "$ref" in schema:
        uri, schema = references.resolve(urllib.parse.urljoin(uri, schema["$ref"]))
    names = list(schema.get("properties", {}))
    for part in schema.get("allOf", []):
        names += header_names(references, uri, part)
    return names


def describe(path):
    uri = pathlib.Path(path).resolve().as_uri()
    document = load(uri)
    resolving = resolver(uri)
    found = sorted(set(references(document)))
    for reference in found:
        resolving.resolve(urllib.parse.urljoin(uri, reference))
    messages = document["components"]["messages"]
    for schema in document["components"]["schemas"].values():
        jsonschema.Draft7Validator.check_schema(schema)
    return {
        "version": document["asyncapi"],
        "references": len(found),
        "addresses": [channel["address"] for channel in document["channels"].values()],
        "headers": {
            name: header_names(resolving, uri, message["headers"])
            for name, message in messages.items() if "headers" in message
        },
    }


def main(arguments):
    if len(arguments) == 3 and arguments[0] == "validate":
        checker = validator(arguments[1])
        for text in json.loads(pathlib.Path(arguments[2]).read_text(encoding="utf-8")):
            print(verdict(checker, text))
    elif len(arguments) == 2 and arguments[0] == "examples":
        checker = validator(arguments[1])
        for example in load(pathlib.Path(arguments[1]).resolve().as_uri())["examples"]:
            print(verdict(checker, json.dumps(example)))
    elif len(arguments) == 2 and arguments[0] == "describe":
        print(json.dumps(describe(arguments[1])))
    else:
        sys.exit(__doc__)


if __name__ == "__main__":
    main(sys.argv[1:])
