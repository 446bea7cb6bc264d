"""Models: parameters and calibrations, registered with what they were trained on, and never overwritten."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from crossbearing.domain.act import Act, ActKind
from crossbearing.domain.errors import BadRequest, NotFound, UnreadableSource
from crossbearing.store import durable
from crossbearing.store.arrow import sha256_of
from crossbearing.store.ledger import Ledger
from crossbearing.store.operation import Operation

FOLDER: Final = "models"
# What the labels were that a model learnt from; shown wherever its scores are.
LABELS: Final = ("simulation", "weak", "judged", "none")


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """One registered model.

    Attributes:
        name: What it is for, such as "handle similarity".
        version: Its own version.
        path: File of its parameters within the operation folder.
        trained_on: Data it learnt from: name and hash of each set.
        labels: "simulation", "weak", "judged" or "none".
        tested_on: Where its error rate was measured, and what it was, in words; "not tested" if nowhere.
    """

    name: str
    version: str
    path: str
    sha256: str
    trained_on: tuple[tuple[str, str], ...]
    labels: str
    tested_on: str


def keep_model(
    operation: Operation,
    parameters: bytes,
    *,
    name: str,
    version: str,
    trained_on: Sequence[tuple[str, str]],
    labels: str,
    tested_on: str,
) -> Model:
    """Keep a model's parameters and register them; the same again changes nothing.

    Raises:
        BadRequest: It does not say what it was trained on.
        NothingWritten: The disk refused.
    """
    if not name.strip() or not version.strip() or labels not in LABELS or (labels != "none" and not trained_on):
        raise BadRequest(
            "A model is registered with name, version, labels and what it was trained on",
            where=name or "model",
            remedy=f"Labels are one of: {', '.join(LABELS)}; name each training set with its hash.",
        )
    home = operation.folder / FOLDER
    with durable.replacing(home / ".model") as unfinished:
        unfinished.write_bytes(parameters)
        sha256 = sha256_of(unfinished)
    path = f"{FOLDER}/{'-'.join(name.split())}-{sha256[:12]}.json"
    (home / ".model").replace(operation.folder / path)
    durable.sync(home)
    model = Model(
        name=name,
        version=version,
        path=path,
        sha256=sha256,
        trained_on=tuple((data, digest) for data, digest in trained_on),
        labels=labels,
        tested_on=tested_on or "not tested",
    )
    if model not in models(operation.ledger):
        act = Act(kind=ActKind.MODEL_REGISTERED, subject=name, payload=_payload(model))
        operation.ledger.record(operation.context, act)
    return model


def models(ledger: Ledger) -> list[Model]:
    """Every registered model, oldest first; of one name the last counts."""
    found = []
    for entry in ledger.entries(ActKind.MODEL_REGISTERED):
        payload: Any = entry.payload
        trained = tuple((str(data), str(digest)) for data, digest in payload["trained_on"])
        found.append(Model(**{**payload, "trained_on": trained}))
    return found


def parameters_of(operation: Operation, name: str) -> tuple[Model, bytes]:
    """The newest model of a name with its parameters, as they were registered.

    Raises:
        NotFound: None is registered.
        UnreadableSource: The file is gone or changed.
    """
    known = [model for model in models(operation.ledger) if model.name == name]
    if not known:
        raise NotFound(f"No model {name!r} is registered", where=str(operation.folder), remedy="Register one.")
    path: Path = operation.folder / known[-1].path
    if not path.is_file() or sha256_of(path) != known[-1].sha256:
        raise UnreadableSource(
            "The model's file is not the one that was registered", where=str(path), remedy="Restore it from a backup."
        )
    return known[-1], path.read_bytes()


def _payload(model: Model) -> dict[str, Any]:
    return {**asdict(model), "trained_on": [list(pair) for pair in model.trained_on]}
