"""Encrypted sound (SRTP, RFC 3711) by libsrtp. Imported by the process of sound alone."""

from pylibsrtp import Error, Policy, Session

from switch.sip.crypto import HMAC_32, HMAC_80, Crypto, ForgedError

_PROFILES = {
    HMAC_80: Policy.SRTP_PROFILE_AES128_CM_SHA1_80,
    HMAC_32: Policy.SRTP_PROFILE_AES128_CM_SHA1_32,
}


class Secure:
    """Both directions of one call's sound: `ours` is the key we send with, `theirs` they do."""

    def __init__(self, ours: Crypto, theirs: Crypto) -> None:
        """Fresh sessions."""
        self.ours = ours
        self.theirs = theirs
        self._out = _session(ours, Policy.SSRC_ANY_OUTBOUND)
        self._in = _session(theirs, Policy.SSRC_ANY_INBOUND)

    def change(self, ours: Crypto, theirs: Crypto) -> None:
        """Follow another description. A key that stays keeps its count of packets: without it a
        long call could not be read any more, and old packets could come again."""
        if (ours.suite, ours.key) != (self.ours.suite, self.ours.key):
            self._out = _session(ours, Policy.SSRC_ANY_OUTBOUND)
        if (theirs.suite, theirs.key) != (self.theirs.suite, self.theirs.key):
            self._in = _session(theirs, Policy.SSRC_ANY_INBOUND)
        self.ours, self.theirs = ours, theirs

    def protect(self, packet: bytes) -> bytes:
        """One of our packets, encrypted and signed."""
        return bytes(self._out.protect(packet))

    def unprotect(self, data: bytes) -> bytes:
        """One of theirs; raises ForgedError."""
        try:
            return bytes(self._in.unprotect(data))
        except (Error, TypeError, ValueError) as error:
            raise ForgedError("a packet was not made with the far end's key") from error


def _session(crypto: Crypto, direction: int) -> Session:
    policy = Policy(key=crypto.key, ssrc_type=direction, srtp_profile=_PROFILES[crypto.suite])
    return Session(policy)
