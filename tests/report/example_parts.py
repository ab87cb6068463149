"""Files of a session as its report lists them."""

#: The files of a session: a watch, a sensor whose place was found and one whose place was said.
PARTS = (
    {
        "path": "activities/2025-05-04-backward.fit",
        "sha256": "0" * 64,
        "format": "fit",
        "offset_s": 0.0,
        "offset_sd_s": 0.0,
        "found_by": "lead",
        "against": None,
        "against_sd_s": None,
    },
    {
        "path": "sensors/left_foot.csv",
        "sha256": "1" * 64,
        "format": "imu",
        "offset_s": 3.2,
        "offset_sd_s": 0.021,
        "found_by": "steps",
        "against": "activities/2025-05-04-backward.fit",
        "against_sd_s": 0.021,
    },
    {
        "path": "video/lower back of a long name that a phone made up 2025-05-04 at 06-30.csv",
        "sha256": "2" * 64,
        "format": "imu",
        "offset_s": -12.0,
        "offset_sd_s": None,
        "found_by": "given",
        "against": None,
        "against_sd_s": None,
    },
)
