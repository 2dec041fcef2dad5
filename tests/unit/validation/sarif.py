"""A JSON Schema of the part of SARIF 2.1.0 that reports use, and of nothing else.

It is our own reading of the specification; the numbers of its sections stand at the definitions.
Members that reports do not use are refused, so a slip of a name is found.
"""

TEXT = {"type": "string", "minLength": 1}
LEVEL = {"enum": ["none", "note", "warning", "error"]}


def strict(required, **properties):
    """An object with these members alone, some of them required."""
    return {
        "type": "object",
        "properties": properties,
        "required": required,
        "additionalProperties": False,
    }


MESSAGE = strict(["text"], text=TEXT)  # 3.11
REGION = strict(  # 3.30: lines and columns count from 1
    ["startLine", "startColumn"],
    startLine={"type": "integer", "minimum": 1},
    startColumn={"type": "integer", "minimum": 1},
)
ARTIFACT = strict(["uri"], uri={"type": "string", "format": "uri-reference", "minLength": 1})  # 3.4
PHYSICAL = strict(["artifactLocation", "region"], artifactLocation=ARTIFACT, region=REGION)  # 3.29
LOGICAL = strict(["fullyQualifiedName"], fullyQualifiedName=TEXT, kind=TEXT)  # 3.33
LOCATION = strict(  # 3.28
    [],
    physicalLocation=PHYSICAL,
    logicalLocations={"type": "array", "items": LOGICAL, "minItems": 1},
) | {"minProperties": 1}
RULE = strict(  # 3.49
    ["id", "shortDescription"],
    id=TEXT,
    shortDescription=MESSAGE,
    help=MESSAGE,
    helpUri={"type": "string", "format": "uri"},
    defaultConfiguration=strict(["level"], level=LEVEL),  # 3.50
)
DRIVER = strict(  # 3.19
    ["name", "rules"],
    name=TEXT,
    rules={"type": "array", "items": RULE, "uniqueItems": True},
)
RESULT = strict(  # 3.27
    ["ruleId", "ruleIndex", "level", "message", "locations"],
    ruleId=TEXT,
    ruleIndex={"type": "integer", "minimum": 0},
    level=LEVEL,
    message=MESSAGE,
    locations={"type": "array", "items": LOCATION, "minItems": 1, "maxItems": 1},
)
RUN = strict(  # 3.14
    ["tool", "results"],
    tool=strict(["driver"], driver=DRIVER),  # 3.18
    columnKind={"enum": ["utf16CodeUnits", "unicodeCodePoints"]},
    results={"type": "array", "items": RESULT},
    properties={"type": "object"},  # 3.8: a property bag
)
SARIF = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    **strict(  # 3.13
        ["version", "runs"],
        version={"const": "2.1.0"},
        runs={"type": "array", "items": RUN},
    ),
}
SARIF["properties"]["$schema"] = {"type": "string", "format": "uri"}
