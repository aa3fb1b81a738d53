"""RTP packets (RFC 3550): twelve bytes of header and a payload."""

import struct
from dataclasses import dataclass

_HEADER = struct.Struct("!BBHII")

MOST = 1500
"""Bytes of the longest packet that is read; one frame of G.711 takes 172."""


class BadPacketError(Exception):
    """These bytes are no RTP packet."""


@dataclass(frozen=True, slots=True)
class Packet:
    """One packet; `timestamp` counts samples, `source` names the stream (SSRC)."""

    payload_type: int
    sequence: int
    timestamp: int
    source: int
    payload: bytes
    marker: bool = False


def unpack(data: bytes) -> Packet:
    """Read a packet; raises BadPacketError."""
    if not _HEADER.size <= len(data) <= MOST:
        raise BadPacketError("a packet is too short or too long")
    first, second, sequence, timestamp, source = _HEADER.unpack_from(data)
    if first >> 6 != 2:
        raise BadPacketError("a packet is of another version of RTP")
    begin, end = _HEADER.size + 4 * (first & 15), len(data)
    if first & 0x10:  # an extension: its length is in words, after two bytes of its kind
        if begin + 4 > end:
            raise BadPacketError("a packet ends within its header")
        begin += 4 + 4 * int.from_bytes(data[begin + 2 : begin + 4], "big")
    if first & 0x20:  # padding: its last byte counts it
        end -= data[-1]
    if begin > end:
        raise BadPacketError("a packet ends within its header")
    return Packet(
        second & 0x7F, sequence, timestamp, source, data[begin:end], marker=bool(second & 0x80)
    )


def pack(packet: Packet) -> bytes:
    """Write a packet; sequence and timestamp may be any whole number and wrap around."""
    return (
        _HEADER.pack(
            0x80,
            packet.payload_type | (0x80 if packet.marker else 0),
            packet.sequence & 0xFFFF,
            packet.timestamp & 0xFFFFFFFF,
            packet.source,
        )
        + packet.payload
    )
