"""The emulator's codec against wechatpy's, both ways, and against what must be refused."""

import base64
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st
from wechatpy.crypto import WeChatCrypto
from wechatpy.utils import WeChatSigner

from adapters.wechat.emulator.account import random_account
from adapters.wechat.emulator.codec import BLOCK, Codec, CodecError, sign

ACCOUNT = random_account()
CODEC = Codec(ACCOUNT.encoding_aes_key, ACCOUNT.app_id)
THEIRS = WeChatCrypto(ACCOUNT.token, ACCOUNT.encoding_aes_key, ACCOUNT.app_id)
TEXT = st.text(st.characters(codec="utf-8", exclude_categories=("Cs",)))


def test_signature_of_the_platforms_own_example():
    assert sign("AAAAA", "1714036504", "1514711492") == "f464b24fc39322e44b38aa78f5edd27bd1441696"


@given(st.lists(st.text("abc123", min_size=1), min_size=3, max_size=4))
def test_signature_is_wechatpys(parts):
    signer = WeChatSigner()
    signer.add_data(*parts)
    assert sign(*parts) == signer.signature


@given(TEXT)
def test_wechatpy_reads_what_we_encrypt(text):
    encrypted = CODEC.encrypt(text.encode())
    signature = sign(ACCOUNT.token, "1", "2", encrypted)
    envelope = f"<xml><ToUserName>x</ToUserName><Encrypt>{encrypted}</Encrypt></xml>"
    assert THEIRS.decrypt_message(envelope, signature, "1", "2") == text


@given(TEXT)
def test_we_read_what_wechatpy_encrypts(text):
    envelope = THEIRS.encrypt_message(text, "nonce", "1700000000")
    encrypted = envelope.partition("<Encrypt><![CDATA[")[2].partition("]]>")[0]
    assert CODEC.decrypt(encrypted) == text.encode()


def framed(message: bytes, length: int, app_id: str = ACCOUNT.app_id) -> bytes:
    return b"r" * 16 + struct.pack(">I", length) + message + app_id.encode()


def padded(data: bytes, pad: int) -> bytes:
    return data + b"x" * (-len(data) % BLOCK) + b"x" * (BLOCK - 1) + bytes([pad])


BROKEN = {
    "not base64": "!" * 44,
    "bad base64 padding": "abc",
    "empty": "",
    "half a block": base64.b64encode(b"x" * 16).decode(),
    "padding 0": CODEC.encrypt_padded(padded(framed(b"m", 1), 0)),
    "padding 33": CODEC.encrypt_padded(padded(framed(b"m", 1), 33)),
    "padding uneven": CODEC.encrypt_padded(padded(framed(b"m", 1), 2)),
    "nothing in it": CODEC.encrypt_framed(b""),
    "length too large": CODEC.encrypt_framed(framed(b"m", 10_000)),
    "length too small": CODEC.encrypt_framed(framed(b"message", 1)),
    "another AppID": CODEC.encrypt(b"m", app_id=b"wx_another"),
    "AppID missing": CODEC.encrypt(b"m", app_id=b""),
    "another key": Codec(random_account().encoding_aes_key, ACCOUNT.app_id).encrypt(b"m"),
}


@pytest.mark.parametrize("encrypted", BROKEN.values(), ids=BROKEN)
def test_one_error_for_everything_that_is_not_ours(encrypted):
    with pytest.raises(CodecError):
        CODEC.decrypt(encrypted)


@pytest.mark.parametrize("key", ["", "x" * 42, "x" * 44, "é" * 43, "!" * 43])
def test_keys_that_are_none(key):
    with pytest.raises(CodecError):
        Codec(key, "wx")
