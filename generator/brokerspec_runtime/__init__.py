"""What every generated client runs on."""

from brokerspec_runtime.client import DeviationWarning
from brokerspec_runtime.errors import (
    BrokerError,
    Deviation,
    InvalidArgument,
    InvalidRequest,
    NotFound,
    NotSent,
    OrderRejected,
    OutcomeUnknown,
    PermissionDenied,
    RateLimited,
    Rejected,
    SessionExpired,
    UnexpectedResponse,
)
from brokerspec_runtime.flow import Response
from brokerspec_runtime.request import RawResponse, Request
from brokerspec_runtime.secret import Secret
from brokerspec_runtime.transport import AsyncTransport, Proxy, Timeout, Transport

__all__ = [
    "AsyncTransport",
    "BrokerError",
    "Deviation",
    "DeviationWarning",
    "InvalidArgument",
    "InvalidRequest",
    "NotFound",
    "NotSent",
    "OrderRejected",
    "OutcomeUnknown",
    "PermissionDenied",
    "Proxy",
    "RateLimited",
    "RawResponse",
    "Rejected",
    "Request",
    "Response",
    "Secret",
    "SessionExpired",
    "Timeout",
    "Transport",
    "UnexpectedResponse",
]
