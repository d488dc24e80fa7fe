// A certified OpenID provider and an API that trusts only what the provider's introspection says.
//
//   node server.mjs    prints one line of JSON with the addresses once both listen
//
// Environment: REDIRECT_URIS (JSON list), ACCESS_TOKEN_TTL (seconds, 3600 unless told),
// DEVICE_CODE_TTL (seconds, 600 unless told), PORTS (JSON, where the provider and the API listen),
// KEY_CLIENT_JWKS (a key set: registers the client `key-client`, which proves itself with its key),
// SERVICE_ACCOUNT_JWK (a public key: whoever signs with its private one is SERVICE_ACCOUNT),
// HOME_URLS (JSON, external address and where that is here: takes documents of clients from there).
//
// Each rotation of a refresh token is a further line at once, {"rotated": …}, and each answer of the
// token endpoint one when it is sent, {"answered": …}. Commands are lines on stdin, each answered by
// {"done": …}: {"delay": ms} holds back every answer of the token endpoint, {"device_code_ttl": s} is how
// long the next device codes live, {"access_token_ttl": s} the same of access tokens, {"listening": false}
// closes both addresses, {"listening": true} opens them again.

import { createHash } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";
import { createInterface } from "node:readline";
import { text } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import { calculateJwkThumbprint, EmbeddedJWK, importJWK, jwtVerify } from "jose";
import Provider, { errors } from "oidc-provider";

const CLIENT = { id: "ha-client", secret: "ha-secret-of-32-characters-or-more" };
const API = { id: "api", secret: "api-secret-of-32-characters-or-more" };
const DEVICE_GRANT = "urn:ietf:params:oauth:grant-type:device_code";
const JWT_BEARER_GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer";
const SERVICE_ACCOUNT = "robot@example.com";
const GRANT_TYPES = [
  "authorization_code",
  "refresh_token",
  "client_credentials",
  DEVICE_GRANT,
];
const REDIRECT_URIS = JSON.parse(process.env.REDIRECT_URIS ?? "[]");
const KEY_CLIENT = process.env.KEY_CLIENT_JWKS && {
  client_id: "key-client",
  client_name: "Home Assistant, with a key",
  token_endpoint_auth_method: "private_key_jwt",
  grant_types: GRANT_TYPES,
  redirect_uris: REDIRECT_URIS,
  jwks: JSON.parse(process.env.KEY_CLIENT_JWKS),
};
const [EXTERNAL_URL, HOME_URL] = JSON.parse(process.env.HOME_URLS || "[]");
let lifetime = Number(process.env.ACCESS_TOKEN_TTL ?? 3600);
let deviceCodeLifetime = Number(process.env.DEVICE_CODE_TTL ?? 600);

const [PROVIDER_PORT, API_PORT] = JSON.parse(process.env.PORTS ?? "[0, 0]");

const listen = (server, port) =>
  new Promise((resolve) => {
    server.listen(port, "127.0.0.1", () =>
      resolve(`http://127.0.0.1:${server.address().port}`),
    );
  });

// The provider has to know its own address before it is made.
const providerServer = createServer();
const issuer = await listen(providerServer, PROVIDER_PORT);

const provider = new Provider(issuer, {
  clients: [
    {
      client_id: CLIENT.id,
      client_secret: CLIENT.secret,
      client_name: "Home Assistant",
      token_endpoint_auth_method: "client_secret_post",
      grant_types: GRANT_TYPES,
      redirect_uris: REDIRECT_URIS,
    },
    {
      client_id: "signing-client",
      client_secret: CLIENT.secret,
      client_name: "Home Assistant, whose secret is never sent",
      token_endpoint_auth_method: "client_secret_jwt",
      grant_types: GRANT_TYPES,
      redirect_uris: REDIRECT_URIS,
    },
    ...(KEY_CLIENT ? [KEY_CLIENT] : []),
    {
      client_id: SERVICE_ACCOUNT,
      client_name: "Whoever comes with an assertion and as no client",
      token_endpoint_auth_method: "none",
      grant_types: [JWT_BEARER_GRANT],
      response_types: [],
      redirect_uris: [],
    },
    {
      client_id: API.id,
      client_secret: API.secret,
      grant_types: [],
      response_types: [],
      redirect_uris: [],
    },
  ],
  scopes: ["openid", "offline_access", "api:read"],
  claims: { openid: ["sub"], profile: ["name"], email: ["email"] },
  // Name and email in the id token as well, as many providers do.
  conformIdTokenClaims: false,
  findAccount: (_, id) => ({
    accountId: id,
    claims: () => ({ sub: id, name: id, email: `${id}@example.com` }),
  }),
  pkce: { required: () => true },
  // As strict as some servers: an assertion of this client is for the endpoint that it asks.
  assertJwtClientAuthClaimsAndHeader: (context, claims, _header, client) => {
    if (client.clientId === "signing-client" && claims.aud !== issuer + context.path) {
      throw new errors.InvalidClientAuth("the assertion is not for this endpoint");
    }
  },
  // Without the dispatcher, which closes connections to addresses such as this machine's.
  fetch: (url, { dispatcher, ...options }) =>
    fetch(String(url).replace(EXTERNAL_URL, HOME_URL), options),
  // A refresh token for each sign-in, used once: its second use ends the grant.
  issueRefreshToken: (_, client) => client.grantTypeAllowed("refresh_token"),
  rotateRefreshToken: true,
  ttl: {
    AccessToken: () => lifetime,
    ClientCredentials: () => lifetime,
    DeviceCode: () => deviceCodeLifetime,
    RefreshToken: 86400,
    Grant: 86400,
    Session: 86400,
  },
  features: {
    clientCredentials: { enabled: true },
    clientIdMetadataDocument: { enabled: Boolean(HOME_URL), ack: "draft-02" },
    deviceFlow: { enabled: true },
    devInteractions: { enabled: true },
    // Its nonces are asked for at the token endpoint; the API below asks for none.
    dPoP: { enabled: true, nonceSecret: Buffer.alloc(32, 7), requireNonce: () => true },
    pushedAuthorizationRequests: { enabled: true },
    introspection: { enabled: true },
    registration: { enabled: true },
    // Every resource is one of ours: what is asked for is what tokens are for.
    resourceIndicators: {
      enabled: true,
      getResourceServerInfo: () => ({ scope: "api:read", accessTokenFormat: "opaque" }),
      useGrantedResource: () => true,
    },
    registrationManagement: { enabled: true },
    revocation: { enabled: true },
  },
  cookies: { keys: ["only-for-tests"] },
  renderError: (context, out) => {
    context.type = "text";
    context.body = JSON.stringify(out);
  },
});

// RFC 7523, 2.1 and 3. The provider has no such grant of its own.
async function exchangeAssertion(context) {
  const { client, params } = context.oidc;
  try {
    const key = await importJWK(JSON.parse(process.env.SERVICE_ACCOUNT_JWK), "RS256");
    await jwtVerify(params.assertion, key, {
      algorithms: ["RS256"],
      issuer: SERVICE_ACCOUNT,
      subject: SERVICE_ACCOUNT,
      audience: `${issuer}/token`,
      requiredClaims: ["exp"],
      maxTokenAge: 60,
    });
  } catch (error) {
    console.error(error);
    throw new errors.InvalidGrant("the assertion is not valid");
  }
  const { scope } = params;
  const token = new provider.ClientCredentials({ client, scope });
  context.oidc.entity("ClientCredentials", token);
  context.body = {
    access_token: await token.save(),
    token_type: token.tokenType,
    expires_in: token.expiration,
    scope,
  };
}
provider.registerGrantType(JWT_BEARER_GRANT, exchangeAssertion, [
  "assertion",
  "scope",
]);

// RFC 7521, 4.1: an assertion needs no client. The provider wants one for each request.
provider.use(async (context, next) => {
  if (context.method === "POST" && context.path === "/token") {
    const parameters = new URLSearchParams(await text(context.req));
    if (parameters.get("grant_type") === JWT_BEARER_GRANT && !parameters.has("client_id")) {
      parameters.set("client_id", SERVICE_ACCOUNT);
    }
    context.req.body = parameters.toString();
  }
  await next();
});

const print = (document) => console.log(JSON.stringify(document));

// What the token endpoint was sent and has answered: secrets, for a test that looks for them.
const handled = [];
let delay = 0;
provider.use(async (context, next) => {
  await next();
  if (context.path !== "/token") return;
  handled.push(context.oidc?.params ?? {}, context.body ?? {});
  await sleep(delay);
  const { refresh_token } = context.body ?? {};
  context.res.once("finish", () => print({ answered: { refresh_token, at: Date.now() } }));
});

// From here on, the refresh token before this one ends the grant.
function tellRotation(token) {
  const { accountId: login, jti: refresh_token, rotations } = token;
  if (rotations) print({ rotated: { login, refresh_token, at: Date.now() } });
}
provider.on("refresh_token.saved", tellRotation);

// What has been asked for, for the tests to see.
const seen = {
  grants: [],
  pushed: 0,
  revoked: 0,
  destroyed: 0,
  registered: 0,
  deleted: 0,
};
provider.on("grant.success", (context) => {
  seen.grants.push(context.oidc.params.grant_type);
});
provider.on("pushed_authorization_request.success", () => {
  seen.pushed += 1;
});
provider.on("registration_create.success", () => {
  seen.registered += 1;
});
provider.on("registration_delete.success", () => {
  seen.deleted += 1;
});
provider.on("client_credentials.destroyed", () => {
  seen.destroyed += 1;
});
provider.on("grant.revoked", () => {
  seen.revoked += 1;
});
// A refusal is an answer; anything else is a mistake in here.
provider.on("server_error", (_, error) => console.error(error));
provider.on("grant.error", (_, error) => {
  if (!(error instanceof errors.OIDCProviderError)) console.error(error);
});
providerServer.on("request", provider.callback());

const calls = { count: 0 };

async function introspect(token) {
  const credentials = Buffer.from(`${API.id}:${API.secret}`).toString("base64");
  const response = await fetch(`${issuer}/token/introspection`, {
    method: "POST",
    headers: { authorization: `Basic ${credentials}` },
    body: new URLSearchParams({ token }),
  });
  return response.json();
}

// RFC 9449, 4.3 and 7.1: the proof is for this request and this token, by the token's key.
async function isProven(request, token, thumbprint) {
  try {
    const { payload, protectedHeader } = await jwtVerify(
      request.headers.dpop ?? "",
      EmbeddedJWK,
      { typ: "dpop+jwt", algorithms: ["ES256"], maxTokenAge: 60 },
    );
    return (
      (await calculateJwkThumbprint(protectedHeader.jwk)) === thumbprint &&
      payload.htm === request.method &&
      payload.htu === `${api}${new URL(request.url, issuer).pathname}` &&
      payload.ath === createHash("sha256").update(token).digest("base64url")
    );
  } catch (error) {
    console.error(error);
    return false;
  }
}

async function answer(request) {
  const path = new URL(request.url, issuer).pathname;
  if (path === "/seen") return [200, seen];
  if (path === "/handled") return [200, handled];
  const [scheme, token] = (request.headers.authorization ?? "").split(" ");
  const found = token ? await introspect(token) : {};
  if (!found.active) return [401, { message: "The token is not active" }];
  const thumbprint = found.cnf?.jkt;
  if (scheme !== (thumbprint ? "DPoP" : "Bearer")) {
    return [401, { message: "Another scheme is needed" }];
  }
  if (thumbprint && !(await isProven(request, token, thumbprint))) {
    return [401, { message: "The request is not proven" }];
  }
  calls.count += 1;
  if (path === "/me") {
    const { sub, scope, aud } = found;
    return [200, { sub, scope, aud, bound: Boolean(thumbprint) }];
  }
  if (path === "/home") {
    return [
      200,
      {
        home: { temperature: 21.5, humidity: 48 },
        rooms: [
          { id: "bath", name: "Bath", window: "closed" },
          { id: "kitchen", name: "Kitchen", window: "open" },
        ],
        calls: calls.count,
        updated: new Date().toISOString(),
      },
    ];
  }
  return [404, { message: "Not here" }];
}

const apiServer = createServer(async (request, response) => {
  const [status, document] = await answer(request);
  response.writeHead(status, { "content-type": "application/json" });
  response.end(JSON.stringify(document));
});
const api = await listen(apiServer, API_PORT);

async function setListening(server, address, listening) {
  if (server.listening === listening) return;
  const { hostname, port } = new URL(address);
  const changed = once(server, listening ? "listening" : "close");
  if (listening) server.listen(port, hostname);
  else {
    server.close();
    server.closeAllConnections();
  }
  await changed;
}

async function obey(command) {
  if ("delay" in command) delay = command.delay;
  if ("access_token_ttl" in command) lifetime = command.access_token_ttl;
  if ("device_code_ttl" in command) deviceCodeLifetime = command.device_code_ttl;
  if ("listening" in command) {
    await setListening(providerServer, issuer, command.listening);
    await setListening(apiServer, api, command.listening);
  }
  print({ done: command });
}
createInterface({ input: process.stdin }).on("line", (line) => obey(JSON.parse(line)));

for (const name of ["SIGINT", "SIGTERM"]) process.on(name, () => process.exit(0));
print({
  issuer,
  authorize_url: `${issuer}/auth`,
  token_url: `${issuer}/token`,
  api_base_url: api,
  client_id: CLIENT.id,
  client_secret: CLIENT.secret,
});
