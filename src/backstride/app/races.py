"""Times backward, predicted from own efforts, beside the records, and how to pace them."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from backstride.app.recordings import Progress, Request, digests_of
from backstride.benefits import History
from backstride.coaching.pacing import Pacing, even_effort, laps
from backstride.coaching.race import Forecast, distance_of, effort_of, efforts_of, predict
from backstride.coaching.records import Share, shares_of_records
from backstride.errors import RequestError
from backstride.report.document import Failure


@dataclass(frozen=True)
class Foreseen:
    """A distance: predictions, what share of the records that is, and a pacing plan."""

    forecast: Forecast
    records: tuple[Share, ...]
    pacing: Pacing
    failures: tuple[Failure, ...] = ()


def foresee(
    distance: str,
    efforts: Sequence[str],
    history: Path | None,
    progress: Progress | None = None,
) -> Foreseen:
    """Predict the time over a distance from efforts in words and in recordings.

    Raises
    ------
    RequestError
        No efforts, or words that are no effort or distance.
    """
    metres = distance_of(distance)
    given = [effort_of(text) for text in efforts]
    failures: tuple[Failure, ...] = ()
    if history is not None:
        digests, athlete, failures = digests_of(Request((history,)), progress)
        given += efforts_of(History(digests, athlete))
    if not given:
        raise RequestError(
            "there is no effort to predict from",
            hint="give one as --effort '1000m 5:30', or recordings with --history",
        )
    forecast = predict(given, metres)
    time_s = forecast.predictions[0].time.value
    return Foreseen(
        forecast, shares_of_records(metres, time_s), even_effort(time_s, laps(metres)), failures
    )
