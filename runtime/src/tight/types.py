"""Types of events and of the context, for annotations only: `from tight.types import RestApiEvent`.

A key that AWS does not always send is optional. The shapes are those of the API Gateway, Elastic Load Balancing and
Lambda developer guides; parts that vary by configuration are left open.
"""

from typing import Any, Literal, Protocol, TypedDict

Event = dict[str, Any]


class LambdaContext(Protocol):
    """What Lambda hands over beside the event: "Using the Lambda context object" in the Lambda developer guide."""

    aws_request_id: str
    function_name: str
    function_version: str
    invoked_function_arn: str
    log_group_name: str
    log_stream_name: str
    memory_limit_in_mb: str
    client_context: Any
    identity: Any

    def get_remaining_time_in_millis(self) -> int: ...


class RestApiIdentity(TypedDict, total=False):
    accessKey: str | None
    accountId: str | None
    apiKey: str | None
    caller: str | None
    cognitoAuthenticationProvider: str | None
    cognitoIdentityId: str | None
    sourceIp: str
    user: str | None
    userAgent: str | None
    userArn: str | None


class RestApiContext(TypedDict, total=False):
    accountId: str
    apiId: str
    authorizer: dict[str, Any]
    domainName: str
    domainPrefix: str
    extendedRequestId: str
    httpMethod: str
    identity: RestApiIdentity
    path: str
    protocol: str
    requestId: str
    requestTime: str
    requestTimeEpoch: int
    resourceId: str
    resourcePath: str
    stage: str


class RestApiEvent(TypedDict, total=False):
    """REST API, payload 1.0."""

    resource: str
    path: str
    httpMethod: str
    headers: dict[str, str] | None
    multiValueHeaders: dict[str, list[str]] | None
    queryStringParameters: dict[str, str] | None
    multiValueQueryStringParameters: dict[str, list[str]] | None
    pathParameters: dict[str, str] | None
    stageVariables: dict[str, str] | None
    requestContext: RestApiContext
    body: str | None
    isBase64Encoded: bool


class HttpApiHttp(TypedDict, total=False):
    method: str
    path: str
    protocol: str
    sourceIp: str
    userAgent: str


class HttpApiContext(TypedDict, total=False):
    accountId: str
    apiId: str
    authorizer: dict[str, Any]
    domainName: str
    domainPrefix: str
    http: HttpApiHttp
    requestId: str
    routeKey: str
    stage: str
    time: str
    timeEpoch: int


class HttpApiEvent(TypedDict, total=False):
    """HTTP API, payload 2.0; a Function URL sends the same."""

    version: Literal["2.0"]
    routeKey: str
    rawPath: str
    rawQueryString: str
    cookies: list[str]
    headers: dict[str, str]
    queryStringParameters: dict[str, str]
    pathParameters: dict[str, str]
    stageVariables: dict[str, str]
    requestContext: HttpApiContext
    body: str
    isBase64Encoded: bool


class LoadBalancerEvent(TypedDict, total=False):
    """Application Load Balancer; the target group says whether fields come once or as lists."""

    httpMethod: str
    path: str
    headers: dict[str, str]
    multiValueHeaders: dict[str, list[str]]
    queryStringParameters: dict[str, str]
    multiValueQueryStringParameters: dict[str, list[str]]
    requestContext: dict[str, Any]
    body: str
    isBase64Encoded: bool


class ProxyAnswer(TypedDict, total=False):
    """What any of the gateways is answered."""

    statusCode: int
    headers: dict[str, str]
    multiValueHeaders: dict[str, list[str]]
    cookies: list[str]
    body: str
    isBase64Encoded: bool


class TokenAuthorizerEvent(TypedDict):
    """REST API, authorizer of type TOKEN."""

    type: Literal["TOKEN"]
    authorizationToken: str
    methodArn: str


class RequestAuthorizerEvent(RestApiEvent, total=False):
    """REST API, WebSocket API, and HTTP API of payload 1.0, authorizer of type REQUEST."""

    type: Literal["REQUEST"]
    methodArn: str
    identitySource: str
    authorizationToken: str


class HttpApiAuthorizerEvent(TypedDict, total=False):
    """HTTP API, authorizer of payload 2.0."""

    version: Literal["2.0"]
    type: Literal["REQUEST"]
    routeArn: str
    identitySource: list[str] | None
    routeKey: str
    rawPath: str
    rawQueryString: str
    cookies: list[str]
    headers: dict[str, str]
    queryStringParameters: dict[str, str]
    pathParameters: dict[str, str]
    stageVariables: dict[str, str]
    requestContext: HttpApiContext


class CustomResourceEvent(TypedDict, total=False):
    """CloudFormation, custom resource."""

    RequestType: Literal["Create", "Update", "Delete"]
    ResponseURL: str
    StackId: str
    RequestId: str
    ResourceType: str
    LogicalResourceId: str
    PhysicalResourceId: str
    ResourceProperties: dict[str, Any]
    OldResourceProperties: dict[str, Any]


class CognitoEvent(TypedDict, total=False):
    """Cognito user pool, any trigger; the function returns the event with its `response` filled in."""

    version: str
    triggerSource: str
    region: str
    userPoolId: str
    userName: str
    callerContext: dict[str, str | None]
    request: dict[str, Any]
    response: dict[str, Any]
