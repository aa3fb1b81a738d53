"""An Asterisk over TLS: its certificate is checked before anything is told it."""

from dataclasses import replace
from pathlib import Path

import pytest

from switch.asterisk.lines import AsteriskError, AsteriskLines, State
from tests.support.asterisk import FakeAsterisk
from tests.support.smtp import make_certificate
from tests.unit.switch.asterisk_house import House


async def test_calls_and_sound_are_encrypted(tmp_path: Path) -> None:
    certificate = make_certificate(tmp_path, "127.0.0.1")
    pbx = FakeAsterisk(certificate=certificate)
    async with House(pbx, ca_file=str(certificate)) as house:
        assert pbx.url.startswith("https://")
        assert house.lines.state is State.UP
        house.voice('<Gather timeout="60"/>')
        channel, _ = await house.caller()
        await house.until(lambda: channel.bridge and len(channel.heard) > 800)


async def test_a_certificate_from_elsewhere_is_not_believed(tmp_path: Path) -> None:
    pbx = FakeAsterisk(certificate=make_certificate(tmp_path, "127.0.0.1"))
    async with House(pbx) as house:
        assert house.lines.state is State.WAITING
        assert pbx.addresses == []


async def test_a_file_of_certificates_that_is_not_there_is_one_sentence(tmp_path: Path) -> None:
    async with House() as house:
        config = replace(
            house.lines._config, url="https://127.0.0.1:9", ca_file=str(tmp_path / "nowhere")
        )
        with pytest.raises(AsteriskError, match="--asterisk-ca cannot be read: No such file"):
            await AsteriskLines(house.exchange, config).start()
