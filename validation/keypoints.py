"""Direction from keypoints of one camera, on virtual cameras that film motion capture."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace

import numpy as np

from backstride.motion.points.keypoints import clues_of
from backstride.motion.points.sagittal import films_of
from backstride.motion.sensed import sensed
from backstride.recording import Floats, Track
from backstride.vocabulary import Direction
from validation import keypoint_contacts, mocap
from validation.data import ROOT
from validation.films import MOUNTS, NO_FAULTS, SIDE_DEG, Shot, shots
from validation.mocap import Clip, Words
from validation.study import Bound, Cell, Evidence, Result, Table, Target, percent
from validation.virtual_camera import LAYOUTS, Faults, Filmed, filmed

_TITLE = "Direction from keypoints of one camera"

LEAST_RIGHT = 97.0
#: "Unknown rather than wrong": at most so much of the moving time may be called another direction.
MOST_WRONG = 1.0
_SHOWN = ("right", "wrong", "still", "unknown")


def study() -> Result:
    """Film every clip, and every clip in reverse, from several sides, and judge what is found."""
    if not mocap.CLIPS.is_dir() or not mocap.LONG.is_file():
        reason = f"no motion capture at {ROOT.name}; set BACKSTRIDE_DATA to where it is"
        return Result("keypoints", _TITLE, Evidence.SIMULATED, "none", not_measured=reason)
    plain = [clip for clip in mocap.short_clips() if clip.kind in mocap.NAMED]
    held_out = [clip for clip in plain if not clip.tuning]
    long = mocap.long_clip()
    side = {
        "tuning half": tuple(shots([clip for clip in plain if clip.tuning], seed=1)),
        "held-out half": tuple(shots(held_out, seed=2)),
        "long clip": tuple(shots([long], seed=3)),
    }
    counts = {
        f"{half}, {mount}": counted(shot for shot in films if shot.mount == mount)
        for half, films in side.items()
        for mount in MOUNTS
    }
    by_layout = {
        layout: counted(s for s in side["held-out half"] if s.view.layout == layout)
        for layout in LAYOUTS
    }
    hard = {name: counted(films(held_out), widest_deg=90.0) for name, films in _HARD.items()}
    clean = tuple(
        shots(
            held_out,
            18,
            angles_deg=lambda _: 0.0,
            faults=NO_FAULTS,
            mounts=("fixed",),
            rates_hz=(60.0,),
            layouts=("BODY_25",),
        )
    )
    stand = counted(_standing(held_out))
    films = sum(len(each) for each in side.values())
    return Result(
        key="keypoints",
        title=_TITLE,
        on=Evidence.SIMULATED,
        size=f"{films} virtual films of {len(plain) + 1} clips of motion capture and of the same in"
        " reverse; no camera saw them, and nobody runs backward in the clips",
        tables=(
            _table("Moving time within 30° of the side view, %", counts),
            _table("The same, held-out half, by what the network gives, %", by_layout),
            _table("Beyond that, held-out half, moving time, %", hard),
            keypoint_contacts.table(side["held-out half"], clean),
            _table("One frame of each clip, held-out half, as if it stood, %", {"standing": stand}),
        ),
        targets=(
            *(
                Target(f"right, {name}, %", share(count, "right"), Bound.AT_LEAST, LEAST_RIGHT)
                for name, count in counts.items()
                if name.startswith("held-out")
            ),
            *(
                Target(f"wrong, {name}, %", share(count, "wrong"), Bound.AT_MOST, MOST_WRONG)
                for name, count in hard.items()
            ),
            Target(
                "called moving, standing, %",
                100 - share(stand, "still") - share(stand, "unknown"),
                Bound.AT_MOST,
                MOST_WRONG,
            ),
        ),
        remarks=_REMARKS,
    )


_REMARKS = (
    "Simulated: points of motion capture are filmed by a pinhole camera 1.3 m above the ground, "
    "1280 x 720 pixels and 60° wide, that stands 4.5 m away or as far as it must to see all of "
    "the way, up to 30° off the side, on either side, at 30, 50 or 60 frames a second. What "
    "networks do wrong is assumed, not measured on one: noise of 2 px, half of it lasting; 7 % of "
    "single points and 3 % of whole frames missing; left and right leg, lower leg and arm swapped "
    "for 5 % of the time in all, for three frames in the mean; points behind the body less sure "
    "and twice as noisy; a head that looks about by 15°. Nose, ears, heels and toe tips are not in "
    "the clips and were put on.",
    "Fixed: the whole way is in the picture, so that bodies are some 200 pixels tall. Panning: the "
    "camera turns after the body, lags and wavers. Treadmill: the way of the pelvis is taken off "
    "every point.",
    "Judged is moving time as in the study of motion capture, filmed no more than "
    f"{SIDE_DEG:g}° off the side of the body as it then faces; a camera sees who passes it at "
    "changing angles. Backward running is forward running in reverse: nobody ran so.",
    "Right: the direction. Wrong: another direction of travel, or turning. Still is counted apart: "
    "slow steps on a treadmill. Numbers were chosen on the tuning half, but the held-out half is "
    "not wholly held out: its figures were seen after each change. A first run called 6 % of its "
    "time on treadmills and by panning cameras still, slow walkers all, and how travel is sized "
    "was then changed on the tuning half; how much must be seen was set with both halves and the "
    "jumps between two people in view. The long clip is of another "
    "actor.",
    keypoint_contacts.REMARK,
    "Two people: the keypoints are now of one, now of another who goes the other way, for a "
    "quarter of a second in the mean. Looking back: the head is turned by 60°, as people do who "
    "run backward. Standing: a single frame of each clip, in whatever posture, for as long as the "
    "clip.",
)


def _two_people(clips: Sequence[Clip]) -> Iterator[Shot]:
    """Keypoints that jump between two people who go opposite ways; the truth is of who is seen."""
    random = np.random.default_rng(5)
    films = [shot for shot in shots(clips, seed=6) if shot.mount == "treadmill"]
    for one, other in zip(films[::2], films[1::2], strict=True):
        if one.view.layout != other.view.layout or one.view.rate_hz != other.view.rate_hz:
            other = replace(
                other,
                film=filmed(
                    mocap.on_the_spot(other.clip).recording,
                    replace(one.view, angle_deg=-one.view.angle_deg),
                    Faults(),
                    int(random.integers(2**31)),
                ),
            )
        track, second = one.film.track, other.film.track.values.copy()
        second[:, ::3] += _APART_PX
        frames = min(len(track), len(second))
        changes = random.random(frames) < 1 / (_SPELL_S * one.view.rate_hz)
        first = np.cumsum(changes) % 2 == 0
        values = np.where(first[:, None], track.values[:frames], second[:frames])
        mixed = Track(track.name, track.t_s[:frames].copy(), values, track.columns)
        film = replace(one.film, recording=replace(one.film.recording, tracks=(mixed,)))
        at = np.minimum(np.searchsorted(mixed.t_s, one.clip.t_s), frames - 1)
        truth = np.where(first[at], one.clip.truth, other.clip.truth)
        yield replace(one, clip=replace(one.clip, truth=truth), film=film)


_APART_PX, _SPELL_S = 250.0, 0.25

#: What is beyond: for most of it the only right answer is that nobody can tell.
_HARD: Mapping[str, Callable[[Sequence[Clip]], Iterator[Shot]]] = {
    "60° off the side": lambda clips: shots(
        clips, 11, angles_deg=lambda r: float(r.choice([-60.0, 60.0]))
    ),
    "from the front or behind": lambda clips: shots(
        clips, 12, angles_deg=lambda r: float(r.choice([-90.0, 90.0]))
    ),
    "half of all missing": lambda clips: shots(
        clips, 13, faults=Faults(points_missing=0.35, frames_missing=0.23)
    ),
    "noise of 6 px, a fifth swapped": lambda clips: shots(
        clips, 14, faults=Faults(noise_px=6.0, swapped=0.2)
    ),
    "looking back": lambda clips: shots(clips, 15, faults=Faults(head_turned_deg=60.0)),
    "two people": _two_people,
    "one frame": lambda clips: map(_one_frame, shots(clips, 16)),
}


def _standing(clips: Sequence[Clip]) -> Iterator[Shot]:
    """Every clip stopped at a frame in its middle: somebody who stands, in whatever posture."""
    stopped = []
    for clip in clips:
        track = mocap.points_of(clip.recording)
        values = np.repeat(track.values[len(track) // 2][None], len(track), axis=0)
        still = Track(track.name, track.t_s, values, track.columns)
        recording = replace(clip.recording, tracks=(still,))
        truth = np.full(len(clip.truth), str(Direction.STILL))
        stopped.append(replace(clip, recording=recording, truth=truth))
    return shots(stopped, 17)


def _one_frame(shot: Shot) -> Shot:
    track = shot.film.track
    one = Track(track.name, track.t_s[:1].copy(), track.values[:1], track.columns)
    return replace(
        shot, film=replace(shot.film, recording=replace(shot.film.recording, tracks=(one,)))
    )


def counted(films: "Iterator[Shot]", widest_deg: float = SIDE_DEG) -> Mapping[str, float]:
    """Seconds of moving time that are right, wrong, called still, and unknown."""
    seconds: defaultdict[str, float] = defaultdict(float)
    for shot in films:
        clip = shot.clip
        step_s = float(np.median(np.diff(clip.t_s)))
        near = round(mocap.NEAR_CHANGE_S / step_s)
        judged = ~np.isin(clip.truth, ["", "transition"])
        for change in np.flatnonzero(clip.truth[1:] != clip.truth[:-1]) + 1:
            if clip.kind == "long":
                judged[max(change - near, 0) : change + near] = False
        judged &= np.interp(clip.t_s, shot.film.t_s, shot.film.off_deg) <= widest_deg
        found = _found(shot.film, clip.t_s)
        for truth, word in zip(clip.truth[judged].tolist(), found[judged].tolist(), strict=True):
            seconds[_judged(truth, word)] += step_s
    return seconds


def _judged(truth: str, found: str) -> str:
    if found in (Direction.UNKNOWN, Direction.STILL):
        return found
    return "right" if found == truth else "wrong"


def share(seconds: Mapping[str, float], word: str) -> float:
    """Per cent of judged time."""
    return percent(seconds.get(word, 0.0), sum(seconds.values())) or 0.0


def _found(film: Filmed, t_s: Floats) -> Words:
    """Direction that the program finds at each moment."""
    end_s = float(film.track.t_s[-1])
    seen = sensed(clues_of(film.track, films_of(film.track)), end_s)
    words = np.full(len(t_s), str(Direction.UNKNOWN), dtype="U10")
    for bout in seen.bouts if seen else ():
        words[(t_s >= bout.start_s) & (t_s <= bout.end_s)] = str(bout.direction)
    return words


def _table(title: str, counts: Mapping[str, Mapping[str, float]]) -> Table:
    rows: list[tuple[Cell, ...]] = [
        (name, round(sum(count.values()), 1), *(share(count, word) for word in _SHOWN))
        for name, count in counts.items()
    ]
    return Table(title, ("films", "s", *(f"{word} %" for word in _SHOWN)), tuple(rows))
