"""Two decoders of FIT that others wrote, as oracles."""

import io

import fitdecode
import fitparse


def rows_of_fitdecode(data: bytes, kind: str) -> list[dict[str, object]]:
    with fitdecode.FitReader(io.BytesIO(data), check_crc=fitdecode.CrcCheck.RAISE) as messages:
        return [
            {field.name: field.value for field in message.fields}
            for message in messages
            if isinstance(message, fitdecode.FitDataMessage) and message.name == kind
        ]


def rows_of_fitparse(data: bytes, kind: str) -> list[dict[str, object]]:
    return [m.get_values() for m in fitparse.FitFile(data, check_crc=True).get_messages(kind)]
