"""Errors a caller can act on: each class is a status and a code, each instance the facts.

A domain's errors are subclasses that stand beside the command that raises them. `detail` is written in both
languages; the renderer picks one (`core.problems`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class FieldError:
    """One wrong value of a request: JSON pointer to it, machine code, words in both languages."""

    pointer: str
    code: str
    zh: str
    en: str


class GongdiError(Exception):
    """The root: never raised itself."""

    status: ClassVar[int] = 500
    code: ClassVar[str] = "internal"
    title_zh: ClassVar[str] = "服务内部错误"
    title_en: ClassVar[str] = "Internal error"

    def __init__(
        self,
        zh: str = "",
        en: str = "",
        *,
        errors: Sequence[FieldError] = (),
        headers: Mapping[str, str] | None = None,
        facts: Mapping[str, object] | None = None,
    ) -> None:
        """Take the detail in Chinese and English, wrong fields, extra headers, extra members of the problem."""
        super().__init__(en or zh or self.title_en)
        self.zh, self.en = zh or self.title_zh, en or zh or self.title_en
        self.errors, self.headers, self.facts = tuple(errors), dict(headers or {}), dict(facts or {})


class BadRequest(GongdiError):
    """A parameter or body that can't be parsed."""

    status, code, title_zh, title_en = 400, "bad-request", "请求无法解析", "Bad request"


class Unauthenticated(GongdiError):
    """Nobody is signed in, or the session or key is no longer good."""

    status, code, title_zh, title_en = 401, "unauthenticated", "请先登录", "Not signed in"


class Forbidden(GongdiError):
    """Signed in, but the role doesn't allow it."""

    status, code, title_zh, title_en = 403, "forbidden", "没有权限", "Not allowed"


class NotFound(GongdiError):
    """Absent, or not visible to this caller: the two look the same."""

    status, code, title_zh, title_en = 404, "not-found", "未找到", "Not found"


class MethodNotAllowed(GongdiError):
    """The address exists, the method doesn't."""

    status, code, title_zh, title_en = 405, "method-not-allowed", "不支持该方法", "Method not allowed"


class Conflict(GongdiError):
    """The request is well formed but breaks a rule or the present state."""

    status, code, title_zh, title_en = 409, "conflict", "与当前状态冲突", "Conflict"


class PreconditionFailed(GongdiError):
    """`If-Match` names another version than the present one."""

    status, code, title_zh, title_en = 412, "stale-version", "数据已被他人修改", "Changed since you read it"


class TooLarge(GongdiError):
    """Body or file over the published limit."""

    status, code, title_zh, title_en = 413, "too-large", "内容过大", "Too large"


class UnsupportedMedia(GongdiError):
    """A content type this address doesn't take."""

    status, code, title_zh, title_en = 415, "unsupported-media-type", "不支持的内容类型", "Unsupported media type"


class Invalid(GongdiError):
    """The sender wrote something wrong; `errors` name each field."""

    status, code, title_zh, title_en = 422, "invalid", "内容有误", "Invalid content"


class PreconditionRequired(GongdiError):
    """A change without `If-Match`."""

    status, code, title_zh, title_en = 428, "if-match-required", "缺少 If-Match", "If-Match required"


class TooManyRequests(GongdiError):
    """Over a budget; `Retry-After` says when to come back."""

    status, code, title_zh, title_en = 429, "too-many-requests", "请求过于频繁", "Too many requests"


class Unavailable(GongdiError):
    """The database or a worker is away for the moment."""

    status, code, title_zh, title_en = 503, "unavailable", "服务暂不可用", "Unavailable"
