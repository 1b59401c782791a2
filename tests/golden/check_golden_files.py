#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Reads the golden reports with Python's own parsers: JSON (and its schema), CSV and XML."""
import csv
import json
import pathlib
import sys
import xml.etree.ElementTree

root = pathlib.Path(sys.argv[1])
golden = root / "tests" / "golden"

report = json.loads((golden / "report.json").read_text(encoding="utf-8"))
cells = [cell["id"] for cell in report["cells"]]
try:
    import jsonschema
except ImportError:
    print("no module jsonschema: the schema is only checked by reports_test")
else:
    schema = json.loads((root / "configs" / "schema" / "report.schema.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.Draft202012Validator(schema).validate(report)

with open(golden / "report.csv", encoding="utf-8", newline="") as file:
    rows = list(csv.DictReader(file, strict=True))
assert sorted({row["cell"] for row in rows}) == sorted(cells), "report.csv: other cells than report.json"
assert len(rows) == sum(max(1, len(cell["lanes"])) for cell in report["cells"]), "report.csv: rows"

suites = xml.etree.ElementTree.parse(golden / "junit.xml").getroot()
cases = [case.get("name") for case in suites[0]]
assert cases == cells, "junit.xml: other cells than report.json"
for suite in suites:
    assert int(suite.get("tests")) == len(suite), "junit.xml: count of tests"

gbench = json.loads((golden / "gbench.json").read_text(encoding="utf-8"))
assert {"context", "benchmarks"} <= set(gbench), "gbench.json: parts"
