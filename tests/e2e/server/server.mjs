// A certified OpenID provider and an API that trusts only what the provider's introspection says.
//
//   node server.mjs    prints one line of JSON with the addresses once both listen
//
// Environment: REDIRECT_URIS (JSON list), ACCESS_TOKEN_TTL (seconds, 3600 unless told).

import { createServer } from "node:http";
import Provider, { errors } from "oidc-provider";

const CLIENT = { id: "ha-client", secret: "ha-secret-of-32-characters-or-more" };
const API = { id: "api", secret: "api-secret-of-32-characters-or-more" };
const LIFETIME = Number(process.env.ACCESS_TOKEN_TTL ?? 3600);

const listen = (server) =>
  new Promise((resolve) => {
    server.listen(0, "127.0.0.1", () =>
      resolve(`http://127.0.0.1:${server.address().port}`),
    );
  });

// The provider has to know its own address before it is made.
const providerServer = createServer();
const issuer = await listen(providerServer);

const rotations = { count: 0 };
const provider = new Provider(issuer, {
  clients: [
    {
      client_id: CLIENT.id,
      client_secret: CLIENT.secret,
      client_name: "Home Assistant",
      token_endpoint_auth_method: "client_secret_post",
      grant_types: ["authorization_code", "refresh_token"],
      redirect_uris: JSON.parse(process.env.REDIRECT_URIS ?? "[]"),
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
  // A refresh token for each sign-in, used once: its second use ends the grant.
  issueRefreshToken: (_, client) => client.grantTypeAllowed("refresh_token"),
  rotateRefreshToken: true,
  ttl: { AccessToken: LIFETIME, RefreshToken: 86400, Grant: 86400, Session: 86400 },
  features: {
    devInteractions: { enabled: true },
    introspection: { enabled: true },
    revocation: { enabled: true },
  },
  cookies: { keys: ["only-for-tests"] },
  renderError: (context, out) => {
    context.type = "text";
    context.body = JSON.stringify(out);
  },
});
provider.on("grant.success", (context) => {
  rotations.count += context.oidc.params.grant_type === "refresh_token" ? 1 : 0;
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

async function answer(request) {
  const path = new URL(request.url, issuer).pathname;
  if (path === "/rotations") return [200, rotations];
  const [scheme, token] = (request.headers.authorization ?? "").split(" ");
  const found = scheme === "Bearer" && token ? await introspect(token) : {};
  if (!found.active) return [401, { message: "The token is not active" }];
  calls.count += 1;
  if (path === "/me") return [200, { sub: found.sub, scope: found.scope }];
  if (path === "/home") {
    return [
      200,
      {
        home: { temperature: 21.5, humidity: 48 },
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
const api = await listen(apiServer);

for (const name of ["SIGINT", "SIGTERM"]) process.on(name, () => process.exit(0));
console.log(
  JSON.stringify({
    authorize_url: `${issuer}/auth`,
    token_url: `${issuer}/token`,
    api_base_url: api,
    client_id: CLIENT.id,
    client_secret: CLIENT.secret,
  }),
);
