"""Words for directions, and words that only look like them."""

from itertools import pairwise

import numpy as np
import pytest
from tests.motion import made

from backstride.motion.labels import direction_named, labels_of
from backstride.recording import Lap
from backstride.vocabulary import Direction

BACKWARD = (
    "Backward", "6 x 200m BACKWARDS", "Run backward 2:00", "backward/easy", "Retro-running",
    "run in reverse", "Backpedal", "Rückwärts", "RÜCKWÄRTSLAUFEN", "rueckwaerts 200 m",
    "Ru\u0308ckwa\u0308rts", "à reculons", "Course en arrière", "marche arrière",
    "corsa all'indietro", "Corsa indietro", "correr hacia atrás", "carrera de espaldas",
    "achteruit", "Achterwaarts lopen",
    "corrida de costas", "correr para trás", "後ろ向き走", "バックランニング", "ﾊﾞｯｸﾗﾝ", "วิ่งถอยหลัง",
    "เดิน ถอยหลัง",
)  # fmt: skip

FORWARD = (
    "Forward", "forwards jog", "Vorwärts", "vorwärtslaufen", "course en avant", "in avanti",
    "hacia adelante", "vooruit", "para a frente", "前向き", "วิ่งไปข้างหน้า",
)  # fmt: skip

NEITHER = (
    "", "Lap 3", "Easy run", "back to back", "Back-to-back intervals", "Backyard Ultra", "feedback",
    "back squat", "backward lunges", "Comeback run", "Way back", "Back home", "backpack test",
    "outback trail", "Retro Run Club", "Retro", "Nike Retro", "zurück", "Rückweg", "Rückrunde",
    "Rücken", "retour", "Retour au calme", "retour en arrière", "reverse split", "reverse loop",
    "Lake loop backwards", "Strecke rückwärts", "torna indietro", "cuenta atrás", "atrás",
    "achteruitgang", "terug", "de volta", "nado de costas", "nado de espaldas", "backstroke",
    "olhar para trás", "not backward", "nicht rückwärts", "no backward today",
    "逆走", "戻る", "กลับบ้าน",
    "backward/forward", "fast forward", "forward lean drill", "looking forward", "straightforward",
    "forward fold", "200 m",
)  # fmt: skip


@pytest.mark.parametrize("text", BACKWARD)
def test_words_for_backward_are_known(text: str) -> None:
    assert direction_named(text) is Direction.BACKWARD


@pytest.mark.parametrize("text", FORWARD)
def test_words_for_forward_are_known(text: str) -> None:
    assert direction_named(text) is Direction.FORWARD


@pytest.mark.parametrize("text", NEITHER)
def test_false_friends_name_no_direction(text: str) -> None:
    assert direction_named(text) is None


def test_laps_label_their_own_seconds_within_the_recording_and_without_overlap() -> None:
    laps = [
        Lap(-5, 100, "Backward"),
        Lap(100, 200, "easy"),
        Lap(150, 300, "Forward"),
        Lap(290, 9_999, "rückwärts"),
        Lap(400, 350, "backward"),
    ]
    run = made.recording(np.arange(501.0), {"speed_mps": 3.0}, laps=laps[:3])
    labels = labels_of(run)
    assert [(x.start_s, x.end_s, x.direction) for x in labels] == [
        (0, 100, Direction.BACKWARD),
        (150, 300, Direction.FORWARD),
    ]
    overlapping = labels_of(made.recording(np.arange(501.0), {"speed_mps": 3.0}, laps=laps))
    edges = [(x.start_s, x.end_s) for x in overlapping]
    assert all(a[1] <= b[0] for a, b in pairwise(edges))


@pytest.mark.parametrize("name", ["developer:Direction", "developer:direction [-]"])
def test_a_developer_column_of_directions_is_a_label(name: str) -> None:
    said = np.repeat([1.0, -1.0, 0.0], 100)
    run = made.recording(np.arange(300.0), {"speed_mps": 3.0, name: said})
    assert [(x.start_s, x.end_s, x.direction) for x in labels_of(run)] == [
        (0, 100, Direction.FORWARD),
        (100, 200, Direction.BACKWARD),
    ]


def test_a_developer_column_of_backward_is_a_label_and_a_lap_name_wins_over_it() -> None:
    said = np.repeat([0.0, 1.0], 100)
    columns = {"speed_mps": np.full(200, 3.0), "developer:Backward": said}
    run = made.recording(np.arange(200.0), columns, laps=[Lap(150, 180, "Forward")])
    assert [(x.start_s, x.end_s, x.direction) for x in labels_of(run)] == [
        (0, 100, Direction.FORWARD),
        (100, 150, Direction.BACKWARD),
        (150, 180, Direction.FORWARD),
        (180, 199, Direction.BACKWARD),
    ]


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("developer:Direction", np.linspace(0, 359, 200)),  # where the wind comes from
        ("developer:Backward Steps", np.repeat([0.0, 1.0], 100)),
        ("Direction", np.repeat([1.0, -1.0], 100)),
        ("developer:Direction", np.full(200, np.nan)),
    ],
)
def test_other_columns_are_no_labels(name: str, values: np.ndarray) -> None:
    run = made.recording(np.arange(200.0), {"speed_mps": 3.0, name: values})
    assert labels_of(run) == ()
