"""Text to syntax tree with the reference parser of OpenQASM, within bounds and with named errors."""

from __future__ import annotations

import re
from typing import Any

from qnetframe.errors import InvalidInputError, UnsupportedError

MAX_CHARACTERS = 1_000_000
MAX_NESTING = 60
_IGNORED = re.compile(r'//[^\n]*|/\*.*?\*/|"[^"\n]*"', re.DOTALL)


def parse(text: str) -> Any:
    """Return the ``openqasm3.ast.Program`` of a text.

    Raises InvalidInputError, with line and column where known, for what is not OpenQASM, is longer than
    10^6 characters or nested too deeply; UnsupportedError where the parser is not installed.
    """
    if not isinstance(text, str):
        raise InvalidInputError(f"OpenQASM is {text!r:.60}; it must be a text")
    if len(text) > MAX_CHARACTERS:
        raise InvalidInputError(
            f"OpenQASM has {len(text)} characters; at most {MAX_CHARACTERS} are read. Use loops and gate "
            "definitions, or split the circuit"
        )
    _check_nesting(text)
    library = _library()
    try:
        return _tree(text, library)
    except library.QASM3ParsingError as error:
        raise InvalidInputError(f"not OpenQASM 3: {_reason(error)}") from None
    except RecursionError:
        raise InvalidInputError("OpenQASM is nested too deeply to be read") from None
    except Exception as error:
        # On malformed text the parser's tree visitor fails in ways of its own (AttributeError, ValueError).
        raise InvalidInputError(f"not OpenQASM 3: {type(error).__name__} in the parser: {error}") from None


def _library() -> Any:
    try:
        from openqasm3 import parser
    except ImportError as error:
        raise UnsupportedError(
            f"reading OpenQASM needs the package openqasm3 with its parser ({error}); "
            "install it with: pip install 'qnetframe[qasm]'"
        ) from None
    return parser


def _check_nesting(text: str) -> None:
    depth = 0
    for character in re.sub(r"[^\[\](){}]", "", _IGNORED.sub("", text)):
        depth += 1 if character in "[({" else -1
        if depth > MAX_NESTING:
            raise InvalidInputError(f"OpenQASM nests brackets deeper than {MAX_NESTING} levels")


def _tree(text: str, library: Any) -> Any:
    """Parse as ``openqasm3.parse`` does, without its messages on the error stream."""
    lexer = library.qasm3Lexer(library.InputStream(text))
    lexer.removeErrorListeners()
    lexer.addErrorListener(library._RaiseOnErrorListener())
    parser = library.qasm3Parser(library.CommonTokenStream(lexer))
    parser.removeErrorListeners()
    parser._errHandler = library.BailErrorStrategy()
    try:
        tree = parser.program()
    except (library.RecognitionException, library.ParseCancellationException) as error:
        raise library.QASM3ParsingError() from error
    return library.QASMNodeVisitor().visitProgram(tree)


def _reason(error: Exception) -> str:
    """Return the parser's message, or the token at which it gave up."""
    if str(error):
        place = re.match(r"L(\d+):C(\d+): ", str(error))
        where = f"line {place[1]}, column {int(place[2]) + 1}: " if place else ""
        return where + f"{str(error)[place.end() if place else 0 :]:.200}"
    cause: Any = error.__cause__
    while cause is not None:
        recognition = cause.args[0] if cause.args and isinstance(cause.args[0], Exception) else cause
        token = getattr(recognition, "offendingToken", None)
        if token is not None:
            found = "the end of the text" if token.type == -1 else repr(f"{token.text:.40}")
            return f"line {token.line}, column {token.column + 1}: unexpected {found}"
        cause = cause.__cause__ or cause.__context__
    return "it does not follow the grammar"


def line_of(node: Any) -> int:
    """Return the line at which a node of the tree starts."""
    span = getattr(node, "span", None)
    return 0 if span is None else int(span.start_line)
