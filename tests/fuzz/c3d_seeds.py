"""C3D files of a body, written as c3d.org lays them out, for each processor and kind of number."""

import struct
from collections.abc import Sequence

import numpy as np

BLOCK = 512
INTEL, DEC, MIPS = 84, 85, 86


def c3d(
    positions: np.ndarray,
    labels: Sequence[str],
    rate_hz: float,
    *,
    unit: str = "mm",
    scale: float = 0.5,
    processor: int = INTEL,
    forces: np.ndarray | None = None,
    first: int = 1,
    more: Sequence[tuple[str, str, object]] = (),
) -> bytes:
    """A file of positions of shape (frames, points, 3), NaN for unseen.

    Parameters
    ----------
    scale
        Of whole numbers; below zero for floats.
    forces
        shape (frames, samples, channels): a force plate's channels.
    more
        Group, name and value of further parameters.
    """
    order = ">" if processor == MIPS else "<"
    frames, points = positions.shape[:2]
    samples, channels = (0, 0) if forces is None else forces.shape[1:]
    parameters: list[tuple[str, str, object]] = [
        ("POINT", "USED", points),
        ("POINT", "SCALE", float(scale)),
        ("POINT", "RATE", float(rate_hz)),
        ("POINT", "FRAMES", frames),
        ("POINT", "UNITS", [unit]),
        ("POINT", "LABELS", list(labels)),
    ]
    if forces is not None:
        names = [f"F{axis}1" for axis in "xyz"][:channels]
        parameters += [
            ("ANALOG", "USED", channels),
            ("ANALOG", "LABELS", names),
            ("ANALOG", "UNITS", ["N"] * channels),
            ("ANALOG", "SCALE", [2.0] * channels),
            ("ANALOG", "OFFSET", [1] * channels),
            ("FORCE_PLATFORM", "CHANNEL", [*range(1, channels + 1)]),
        ]
    section = _section([*parameters, *more], order, processor)
    start = 2 + len(section) // BLOCK
    header = struct.pack(
        f"{order}2B5H", 2, 80, points, samples * channels, first, first + frames - 1, 0
    )
    header += _floats([scale], order, processor) + struct.pack(f"{order}2H", start, samples)
    header += _floats([rate_hz], order, processor)
    seen = np.isfinite(positions).all(axis=2)
    words = np.zeros((frames, points, 4))
    words[:, :, :3] = np.where(seen[:, :, None], positions, 0) / (scale if scale > 0 else 1)
    words[:, :, 3] = np.where(seen, 0, -1)
    rows = words.reshape(frames, -1)
    if forces is not None:
        rows = np.column_stack([rows, (forces / 2 + 1).reshape(frames, -1)])
    if scale > 0:
        body = np.round(rows).astype(f"{order}i2").tobytes()
    else:
        body = _floats(rows.ravel().tolist(), order, processor)
    return _filled(header) + section + _filled(body)


def _section(parameters: Sequence[tuple[str, str, object]], order: str, processor: int) -> bytes:
    groups = list(dict.fromkeys(group for group, _, _ in parameters))
    entries = b""
    for number, group in enumerate(groups, start=1):
        entries += struct.pack("bb", len(group), -number) + group.encode()
        entries += struct.pack(f"{order}hB", 3, 0)
    for group, name, value in parameters:
        inside = _value(value, order, processor) + b"\0"
        entries += struct.pack("bb", len(name), groups.index(group) + 1) + name.encode()
        entries += struct.pack(f"{order}h", 2 + len(inside)) + inside
    blocks = 1 + (4 + len(entries)) // BLOCK
    return _filled(bytes([1, 80, blocks, processor]) + entries + bytes(2))


def _value(value: object, order: str, processor: int) -> bytes:
    if isinstance(value, list) and value and isinstance(value[0], str):
        width = max(map(len, value))
        text = b"".join(one.encode().ljust(width) for one in value)
        return struct.pack("bBBB", -1, 2, width, len(value)) + text
    values = value if isinstance(value, list) else [value]
    dimensions = bytes([1, len(values)]) if isinstance(value, list) else bytes([0])
    if isinstance(values[0], float):
        return b"\x04" + dimensions + _floats(values, order, processor)
    return b"\x02" + dimensions + struct.pack(f"{order}{len(values)}h", *values)


def _floats(values: Sequence[float], order: str, processor: int) -> bytes:
    if processor != DEC:
        return struct.pack(f"{order}{len(values)}f", *values)
    halves = np.frombuffer(np.array(values, "<f4") * np.float32(4), "<u2").reshape(-1, 2)
    return np.ascontiguousarray(halves[:, ::-1]).tobytes()


def _filled(data: bytes) -> bytes:
    return data + bytes(-len(data) % BLOCK)
