// Both SDKs read streams that the upstream cuts: each must raise, or its user takes half an answer for a whole one.
//
//   node cut.mjs http://127.0.0.1:8433 "cut-after=3 stall-after=3"
import Anthropic from '@anthropic-ai/sdk';
import OpenAI from 'openai';

const [base, faults] = process.argv.slice(2);
const messages = [{ role: 'user', content: 'one two three four five' }];
const openai = new OpenAI({ baseURL: `${base}/v1`, apiKey: 'dummy', maxRetries: 0 });
const anthropic = new Anthropic({ baseURL: base, apiKey: 'dummy', maxRetries: 0 });

const read = async (start) => {
  let events = 0;
  try {
    for await (const _ of await start()) events += 1;
    return { events, raised: null };
  } catch (error) {
    return { events, raised: `${error.constructor.name}: ${error.message}` };
  }
};

const results = {};
for (const fault of faults.split(' ')) {
  const options = { headers: { 'X-Sim-Fault': fault } };
  const [chat, responses, message] = await Promise.all([
    read(() => openai.chat.completions.create({ model: 'm', messages, stream: true }, options)),
    read(() => openai.responses.create({ model: 'm', input: messages, stream: true }, options)),
    read(() => anthropic.messages.create({ model: 'm', max_tokens: 99, messages, stream: true }, options)),
  ]);
  results[fault] = { chat, responses, messages: message };
}
process.stdout.write(JSON.stringify(results));
process.exit(0);
