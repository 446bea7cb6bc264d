"""The steps that weigh evidence: SQL over the signals, beside the model's weights and its prior."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import pyarrow as pa

from crossbearing.resolution.evidence_model import shipped_model
from crossbearing.resolution.writing_pairs import INPUTS, writing_pairs
from crossbearing.store.session import Session
from crossbearing.store.steps import PythonStep, SqlStep, Step

_OF_THE_MODEL: Final = frozenset({"evidence_weight", "evidence_prior"})


@dataclass(frozen=True)
class WeighingStep(SqlStep):
    """A step in SQL that also reads the model."""

    @property
    def inputs(self) -> frozenset[str]:
        """What the SELECT reads beside the model, which is part of the software."""
        return self.read - _OF_THE_MODEL

    def produce(self, engine: Session) -> Iterator[pa.Table]:
        """See ``Step``."""
        model = shipped_model()
        engine.table("evidence_weight", model.weights)
        engine.table("evidence_prior", pa.table({"prior": [model.prior], "model": [model.stamp]}))
        yield from SqlStep.produce(self, engine)


_SIGNALS: Final = (
    "signal_identity", "signal_pasted_key", "signal_handle", "signal_claim", "signal_picture", "signal_trade",
    "signal_writing", "signal_copy",
)  # fmt: skip
STEPS: Final[tuple[Step, ...]] = (
    *(SqlStep("crossbearing.resolution", name) for name in (
        "account_key", "account_identity", "account_picture", "account_trade", "account_claim", "pair_met",
        "pair_candidate", "shared_run", *_SIGNALS,
    )),
    PythonStep("writing_pair", INPUTS, writing_pairs),
    WeighingStep("crossbearing.resolution", "pair_evidence"),
    WeighingStep("crossbearing.resolution", "account_pair"),
)  # fmt: skip
