"""Whether what was sold fits what was found."""

import pytest

from crossbearing.reference.related_substances import Fit, Screen, fit_of, screen_of, substance_called


def screen(present: str = "", absent: str = "") -> Screen:
    return Screen(frozenset(present.split()), frozenset(absent.split()))


@pytest.mark.parametrize(
    ("sold", "found", "fit"),
    [
        (["fentanyl"], screen("fentanyl"), Fit.MATCH),
        (["fentanyl"], screen("norfentanyl"), Fit.MATCH),
        (["heroin"], screen("6-monoacetylmorphine"), Fit.MATCH),
        (["heroin"], screen("morphine"), Fit.COMPATIBLE),  # of heroin, codeine or morphine itself
        (["oxycodone"], screen("fentanyl", "oxycodone"), Fit.COMPATIBLE),  # pressed pills
        (["fentanyl"], screen("carfentanil", "fentanyl"), Fit.COMPATIBLE),  # an analogue
        (["alprazolam"], screen("bromazolam", "alprazolam"), Fit.COMPATIBLE),
        (["fentanyl"], screen("cocaine", "fentanyl"), Fit.INCOMPATIBLE),
        (["cocaine"], screen("fentanyl", "cocaine"), Fit.INCOMPATIBLE),
        (["bromazolam"], screen("cocaine"), Fit.NOT_TESTED),
        ([], screen("fentanyl"), Fit.NOT_KNOWN),
        (["cocaine", "heroin"], screen("heroin", "cocaine"), Fit.MATCH),  # the best of several counts
    ],
)
def test_sold_and_found_fit_in_five_ways(sold: list[str], found: Screen, fit: Fit) -> None:
    assert fit_of(sold, found) is fit


def test_silence_of_a_laboratory_is_not_absence_and_one_specimen_is_enough() -> None:
    rows = [("Fentanyl", "not detected"), ("fentanyl", "Present"), ("cocaine", "not tested"), ("mdma", None)]
    assert screen_of(rows) == screen("fentanyl")


def test_a_laboratorys_word_is_ours() -> None:
    assert substance_called("Acetaminophen") == "paracetamol"
    assert substance_called("6-MAM") == "6-monoacetylmorphine"
    assert substance_called("something new") == "something new"
