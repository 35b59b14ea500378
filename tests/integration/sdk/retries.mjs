// The SDK with its own retries on, before an upstream that always says 503.
import OpenAI from 'openai';

const [base, key] = process.argv.slice(2);
const client = new OpenAI({ baseURL: `${base}/v1`, apiKey: key, maxRetries: 4 });
let seen = null;
try {
  await client.chat.completions.create(
    { model: 'm', messages: [{ role: 'user', content: 'x' }] }, { headers: { 'X-Sim-Fault': 'status=503' } });
} catch (error) {
  seen = { class: error.constructor.name, status: error.status };
}
process.stdout.write(JSON.stringify(seen));
