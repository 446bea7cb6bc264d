"""The steps that weigh evidence: SQL over the signals, beside the model's weights and its prior."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import pyarrow as pa

from crossbearing.resolution.evidence_model import shipped_model
from crossbearing.resolution.masking import masked
from crossbearing.resolution.writing_pairs import INPUTS, writing_pairs
from crossbearing.store.keyed_steps import KeyedStep
from crossbearing.store.session import Session, Word
from crossbearing.store.steps import PythonStep, SqlStep, Step

_OF_THE_MODEL: Final = frozenset({"evidence_weight", "evidence_prior"})


@dataclass(frozen=True)
class WeighingStep(KeyedStep):
    """A step in SQL, pair by pair, that also reads the model."""

    @property
    def inputs(self) -> frozenset[str]:
        """What is read beside the model, which is part of the software."""
        return (self.read | {self.driver}) - _OF_THE_MODEL

    def produce(self, engine: Session) -> Iterator[pa.Table]:
        """See ``Step``."""
        model = shipped_model()
        engine.table("evidence_weight", model.weights)
        engine.table("evidence_prior", pa.table({"prior": [model.prior], "model": [model.stamp]}))
        return KeyedStep.produce(self, engine)


@dataclass(frozen=True)
class MaskingStep(KeyedStep):
    """A step in SQL, text by text, that may take out of a text what names its seller."""

    driver: str = "account_text"
    key: str = "text_id"

    def produce(self, engine: Session) -> Iterator[pa.Table]:
        """See ``Step``."""
        engine.learn(Word("masked", 2, _masked))
        return KeyedStep.produce(self, engine)


def _masked(handles: Sequence[str], texts: Sequence[str]) -> list[str]:
    return [masked(handle, text) for handle, text in zip(handles, texts, strict=True)]


_SIGNALS: Final = (
    "signal_identity", "signal_pasted_key", "signal_handle", "signal_claim", "signal_picture", "signal_trade",
    "signal_writing", "signal_together", "signal_hours", "signal_amount", "signal_destination",
    "signal_closing", "signal_continent", "signal_dealing", "signal_first_seen",
)  # fmt: skip
STEPS: Final[tuple[Step, ...]] = (
    *(SqlStep("crossbearing.resolution", name) for name in (
        "account_key", "account_identity", "account_picture", "account_trade", "account_claim", "account_rhythm",
        "account_change", "account_mark", "account_state", "account_text", "possible_handover", "candidate_rule",
        "pair_met", "pair_dealing", "pair_candidate", "shared_run",
    )),
    *(KeyedStep("crossbearing.resolution", name) for name in _SIGNALS),
    MaskingStep("crossbearing.resolution", "masked_text"),
    PythonStep("writing_pair", INPUTS, writing_pairs),
    WeighingStep("crossbearing.resolution", "pair_evidence"),
    WeighingStep("crossbearing.resolution", "account_pair"),
)  # fmt: skip
