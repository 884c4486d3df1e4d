"""Write the published JSON Schema of an Evaluation: `python -m
tests.integrations.api.write_evaluation_schema`.
"""

import json
from pathlib import Path

from integrations.api.v1.shapes.evaluations import evaluation_schema

FILE = Path(__file__).parents[3] / "docs" / "api" / "evaluation.schema.json"

if __name__ == "__main__":
    FILE.write_text(json.dumps(evaluation_schema(), indent=2, ensure_ascii=False) + "\n")
