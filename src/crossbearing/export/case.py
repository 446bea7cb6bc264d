"""CASE/UCO JSON-LD of custody: the exhibits that may be shown as such, their hashes, and what was done with them.

Source: CASE 1.4 and UCO 1.4. The market is not in it: facets for wallets and adverts are proposals there, and a court
asks for custody.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from crossbearing.export.format import About, Carrier, Format, described
from crossbearing.export.jsonlines import line, write_list

Object = dict[str, Any]
_UCO: Final = "https://ontology.unifiedcyberontology.org/uco/"
_CONTEXT: Final = {
    "kb": "http://example.org/kb/",
    "case-investigation": "https://ontology.caseontology.org/case/investigation/",
    **{
        f"uco-{name}": f"{_UCO}{name}/"
        for name in ("action", "core", "identity", "marking", "observable", "types", "vocabulary")
    },
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
_WORDS: Final = {
    "received": "taken into the register",
    "acquired": "acquired from its source",
    "clock": "clock of the source asserted",
    "handed over": "handed over",
}
_STEP: Final = (
    "stated_at", "giver", "receiver", "place", "reason", "tool", "tool_version", "source", "source_sha256", "clock"
)  # fmt: skip
_EXHIBIT: Final = (
    "market", "source", "authority", "owners", "handling", "tlp", "nature",
    "gradings", "categories", "review_on", "restrictions", "profile",
    "clock", "is_simulated", "added_at",
)  # fmt: skip
_CARRIES: Final = {
    "exhibit": {
        "exhibit_id": "ProvenanceRecord.exhibitNumber", "name": "FileFacet.fileName", "sha256": "ContentDataFacet.hash",
        "size_bytes": "FileFacet.sizeInBytes", "is_exhibit": "whether it is in the graph",
        **dict.fromkeys(_EXHIBIT, "ProvenanceRecord.description"),
    },
    "custody": {
        "exhibit_id": "InvestigativeAction.object", "step": "InvestigativeAction.id",
        "kind": "InvestigativeAction.name",
        "at": "InvestigativeAction.startTime", "by": "InvestigativeAction.performer",
        **dict.fromkeys(_STEP, "InvestigativeAction.description"),
    },
}  # fmt: skip


class _Graph:
    def __init__(self, given: Carrier, about: About) -> None:
        self._given, self._about = given, about
        self._persons: set[str] = set()

    def objects(self) -> Iterator[Object]:
        """All nodes of the graph."""
        marking = self._id("marking-definition", "statement")
        statement = self._id("statement-marking", "statement")
        about = self._about
        yield {
            "@id": marking, "@type": "uco-marking:MarkingDefinition", "uco-marking:definitionType": "statement",
            "uco-marking:definition": {
                "@id": statement, "@type": "uco-marking:StatementMarking", "uco-marking:definitionType": "statement",
                "uco-marking:statement": "\n".join((*about.markings, f"TLP:{about.tlp}")),
            },
        }  # fmt: skip
        self._marked = {"uco-core:objectMarking": {"@id": marking}}
        known = []
        for row in self._given.rows("exhibit"):
            if row["is_exhibit"]:
                known.append(self._id("provenance-record", row["exhibit_id"]))
                yield from self._exhibit(row)
        for row in self._given.rows("custody"):
            known.append(self._id("investigative-action", str(row["step"])))
            yield from self._step(row)
        yield {
            "@id": self._id("investigation", about.operation), "@type": "case-investigation:Investigation",
            "uco-core:name": about.operation, "uco-core:description": f"{about.scope}; {about.software}",
            **({"uco-core:object": [{"@id": one} for one in known]} if known else {}), **self._marked,
        }  # fmt: skip

    def _exhibit(self, row: Mapping[str, Any]) -> Iterator[Object]:
        name, file = row["exhibit_id"], self._id("file", row["exhibit_id"])
        yield {
            "@id": file, "@type": "uco-observable:File", **self._marked,
            "uco-core:hasFacet": [
                {
                    "@id": self._id("file-facet", name), "@type": "uco-observable:FileFacet",
                    "uco-observable:fileName": row["name"],
                    "uco-observable:sizeInBytes": _typed("integer", row["size_bytes"]),
                },
                {
                    "@id": self._id("content-data-facet", name), "@type": "uco-observable:ContentDataFacet",
                    "uco-observable:hash": [
                        {
                            "@id": self._id("hash", name), "@type": "uco-types:Hash",
                            "uco-types:hashMethod": "SHA256",
                            "uco-types:hashValue": _typed("hexBinary", row["sha256"].upper()),
                        }
                    ],
                },
            ],
        }  # fmt: skip
        yield {
            "@id": self._id("provenance-record", name), "@type": "case-investigation:ProvenanceRecord",
            "case-investigation:exhibitNumber": name, "uco-core:description": described(row, *_EXHIBIT),
            "uco-core:object": [{"@id": file}], **self._marked,
        }  # fmt: skip

    def _step(self, row: Mapping[str, Any]) -> Iterator[Object]:
        person = self._id("identity", row["by"])
        if person not in self._persons:
            self._persons.add(person)
            yield {"@id": person, "@type": "uco-identity:Identity", "uco-core:name": row["by"], **self._marked}
        record = self._id("provenance-record", row["exhibit_id"])
        says = described(row, *_STEP)
        yield {
            "@id": self._id("investigative-action", str(row["step"])),
            "@type": "case-investigation:InvestigativeAction",
            "uco-core:name": _WORDS[row["kind"]], **({"uco-core:description": says} if says else {}),
            "uco-action:startTime": _typed("dateTime", row["at"]), "uco-action:performer": {"@id": person},
            "uco-action:object": [{"@id": record}], **self._marked,
        }  # fmt: skip

    def _id(self, kind: str, name: str) -> str:
        return f"kb:{kind}-{self._about.uuid(f'case {kind}', name)}"


def _typed(kind: str, value: object) -> Object:
    return {"@type": f"xsd:{kind}", "@value": str(value)}


def _write(given: Carrier, about: About, home: Path) -> None:
    with (home / "custody.jsonld").open("w", encoding="utf-8", newline="\n") as out:
        write_list(out, f'{{"@context":{line(_CONTEXT)},"@graph":', _Graph(given, about).objects(), "}")


_NOT_OF_CUSTODY: Final = "not of custody: this format is for courts, and facets for markets are proposals there"
CASE: Final = Format(
    name="case",
    title="CASE/UCO JSON-LD of custody",
    carries=_CARRIES,
    write=_write,
    because=dict.fromkeys(
        ("account", "identity", "listing", "substance", "quantity", "sale_valued", "trade", "pair", "judgement"),
        _NOT_OF_CUSTODY,
    ),
)
