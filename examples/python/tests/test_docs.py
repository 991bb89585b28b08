"""The page about Python: its programs run, one after the other, as a reader would type them."""

import os
import re
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
PAGE = HERE.parents[2] / "docs" / "python.md"


def test_the_programs_of_the_page_run(tmp_path, monkeypatch):
    for package in ("pandas", "arviz", "zarr", "scipy", "jax", "numpyro", "gymnasium"):
        pytest.importorskip(package)
    monkeypatch.chdir(tmp_path)
    programs = re.findall(r"```python\n(.*?)```", PAGE.read_text(), re.DOTALL)
    assert len(programs) > 8
    names = {}
    for number, program in enumerate(programs):
        exec(compile(program, f"{PAGE.name}, program {number + 1}", "exec"), names)
    assert os.listdir(tmp_path) == []
