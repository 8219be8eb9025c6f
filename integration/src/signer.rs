//! Tokens of every algorithm, made with Node.js, which shares no code with the filter.

use crate::succeed;
use edge_demo::tool;
use serde_json::Value;
use std::process::Command;

/// A key set, and a token by each of its keys; all asymmetric algorithms.
pub struct Signed {
    /// The public keys.
    pub jwks: Value,
    /// Algorithm and token.
    pub tokens: Vec<(String, String)>,
}

/// Makes keys, and with each of them a token that has these claims.
///
/// # Panics
/// Without Node.js.
pub fn sign_with_all(claims: &Value) -> Signed {
    let signed = run(SIGNING, &[&claims.to_string()]);
    let tokens = signed["tokens"].as_object().unwrap().iter();
    Signed {
        jwks: signed["jwks"].clone(),
        tokens: tokens
            .map(|(algorithm, token)| (algorithm.clone(), token.as_str().unwrap().to_owned()))
            .collect(),
    }
}

/// So many tokens that have these claims and name a key that nobody has, each another one.
///
/// # Panics
/// Without Node.js.
pub fn naming_unknown_keys(count: usize, claims: &Value) -> Vec<String> {
    let tokens = run(UNKNOWN, &[&claims.to_string(), &count.to_string()]);
    serde_json::from_value(tokens).unwrap()
}

fn run(script: &str, arguments: &[&str]) -> Value {
    let node = tool::required("node", "install Node.js 18 or newer").unwrap();
    let mut program = Command::new(node);
    program.args(["--input-type=module", "--eval", script, "--"]);
    serde_json::from_slice(&succeed(program.args(arguments))).unwrap()
}

const SIGNING: &str = r"
import { constants, generateKeyPairSync, sign } from 'node:crypto';
const rsa = () => generateKeyPairSync('rsa', { modulusLength: 2048 });
const ec = (namedCurve) => () => generateKeyPairSync('ec', { namedCurve });
const padding = constants.RSA_PKCS1_PSS_PADDING;
const pss = (saltLength) => ({ padding, saltLength });
const raw = { dsaEncoding: 'ieee-p1363' };
const algorithms = {
  RS256: ['sha256', rsa], RS384: ['sha384', rsa], RS512: ['sha512', rsa],
  PS256: ['sha256', rsa, pss(32)], PS384: ['sha384', rsa, pss(48)], PS512: ['sha512', rsa, pss(64)],
  ES256: ['sha256', ec('P-256'), raw], ES384: ['sha384', ec('P-384'), raw], ES512: ['sha512', ec('P-521'), raw],
  EdDSA: [null, () => generateKeyPairSync('ed25519')],
};
const encode = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
const [keys, tokens] = [[], {}];
for (const [alg, [hash, generate, options]] of Object.entries(algorithms)) {
  const { publicKey, privateKey: key } = generate();
  keys.push({ ...publicKey.export({ format: 'jwk' }), alg, kid: alg, use: 'sig' });
  const text = `${encode({ alg, kid: alg, typ: 'JWT' })}.${encode(JSON.parse(process.argv[1]))}`;
  tokens[alg] = `${text}.${sign(hash, Buffer.from(text), { key, ...options }).toString('base64url')}`;
}
console.log(JSON.stringify({ jwks: { keys }, tokens }));
";

const UNKNOWN: &str = r"
import { randomUUID } from 'node:crypto';
const encode = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
const [claims, count] = [JSON.parse(process.argv[1]), Number(process.argv[2])];
const token = () => `${encode({ alg: 'RS256', kid: randomUUID() })}.${encode(claims)}.${'A'.repeat(342)}`;
console.log(JSON.stringify(Array.from({ length: count }, token)));
";
