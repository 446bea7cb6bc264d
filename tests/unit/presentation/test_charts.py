"""Columns over time: every label lies within the picture."""

import re

from hypothesis import given
from hypothesis import strategies as st

from crossbearing.presentation.charts import columns

WIDTH, LETTER = 640, 8.0
LABEL = re.compile(r'<text class="value" x="([0-9.]+)" y="[0-9-]+" text-anchor="(\w+)">([^<]+)<')


@given(values=st.lists(st.integers(0, 99_999), min_size=1, max_size=300))
def test_no_label_is_cut_off_at_either_edge(values: list[int]) -> None:
    for x, anchor, text in LABEL.findall(columns([(str(at), value) for at, value in enumerate(values)], title="x")):
        wide = len(text) * LETTER
        begins = float(x) - {"start": 0, "middle": wide / 2, "end": wide}[anchor]
        assert begins >= 0
        assert begins + wide <= WIDTH
