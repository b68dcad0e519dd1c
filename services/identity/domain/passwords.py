"""Passwords that attackers try first are refused; nothing else is asked of one but its length.

The list is made of the words and the ways of lengthening them that lead every published list of leaked passwords,
so that it needs no file. Only what is 8 characters or longer matters here.
"""

from itertools import product

from mesh.errors import InvalidArgument

_WORDS = """
111111 123123 123321 123456 654321 666666 abc abc123 access admin administrator alexander amanda andrew angel apple
arsenal asdf asdfgh asdfghjkl ashley austin babygirl bailey banana barcelona baseball basketball batman bitch blink182
buster butterfly changeme charlie cheese chelsea chocolate compaq computer cookie corvette daniel default diamond
dolphin donald dragon elephant ferrari flower football freedom friends fuckyou garfield george ginger google guest
hannah harley hello hockey hunter iloveyou internet jasmine jennifer jessica jordan joshua justin killer liverpool
login love lovely master matrix maverick mercedes merlin michael michelle midnight monkey mustang naruto nicole
ninja nothing orange p@ssw0rd p@ssword pass passw0rd password patrick peanut pepper pokemon princess purple q1w2e3r4
qazwsx qwer qwert qwerty qwertyui qwertyuiop rainbow ranger robert rockyou root samantha samsung scooter secret shadow
silver soccer spiderman starwars steelers summer sunshine superman taylor test thomas thunder tigger toyota trustno1
user victoria welcome whatever whatever william winner winter yankees zaq12wsx zxcvbn zxcvbnm
"""
_ENDINGS = "0 00 01 007 1 11 111 12 123 1234 12345 123456 1234567 12345678 123456789 2 21 22 23 69 77 88 99".split()
_PHRASES = """
1g2w3e4r 1q2w3e4r 1q2w3e4r5t 1qaz2wsx 1qazxsw2 a1b2c3d4 aa123456 abcd1234 asdf1234 correcthorsebatterystaple
iloveyou1 letmein1 letmein123 mypassword newpassword passpass password! password1! passwordpassword q1w2e3r4t5
qazwsxedc qwer1234 qwerty1234567890 testtest topsecret trustnoone welcome1! zaq1xsw2 1q2w3e4r5t6y
"""
# Runs along the keyboard and the alphabet, forwards and backwards.
_ROWS = ("01234567890", "abcdefghijklmnopqrstuvwxyz", "qwertyuiop", "asdfghjkl", "zxcvbnm", "1qaz2wsx3edc4rfv5tgb")

COMMON = (
    frozenset(_WORDS.split())
    | frozenset(_PHRASES.split())
    | frozenset(word + ending for word, ending in product(_WORDS.split(), _ENDINGS))
    | frozenset(ending + word for word, ending in product(_WORDS.split(), _ENDINGS))
)


def refuse_common_password(password: str) -> None:
    """Raise PASSWORD_TOO_COMMON for a password that is tried first."""
    if is_common(password.lower()):
        message = "The password is one of those that are tried first."
        raise InvalidArgument("PASSWORD_TOO_COMMON", message, fields={"password": "is too common"})


def is_common(password: str) -> bool:
    """Whether a password in lower case is on the list, repeats a short piece, or runs along a row of keys."""
    return password in COMMON or _repeats(password) or any(password in row or password[::-1] in row for row in _ROWS)


def _repeats(password: str) -> bool:
    longest_piece = 4
    return any(
        len(password) > length and password == (password[:length] * len(password))[: len(password)]
        for length in range(1, longest_piece + 1)
    )
