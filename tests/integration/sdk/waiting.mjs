// Both SDKs read streams that begin with signs of life, or end in an error. Each reader: all events that it showed but for
// those signs, what it put together, and what it raised.
//
//   node waiting.mjs http://127.0.0.1:8433 "delay=1s"
import Anthropic from '@anthropic-ai/sdk';
import OpenAI from 'openai';

const [base, faults] = process.argv.slice(2);
const messages = [{ role: 'user', content: 'one two three' }];
const openai = new OpenAI({ baseURL: `${base}/v1`, apiKey: 'dummy', maxRetries: 0 });
const anthropic = new Anthropic({ baseURL: base, apiKey: 'dummy', maxRetries: 0 });

const isSign = (event) => event.type === 'keepalive' || (event.choices?.length === 0 && event.usage === undefined);

const read = async (start, final) => {
  const seen = { signs: 0, events: [], final: null, raised: null, message: null };
  try {
    const stream = await start();
    for await (const event of stream) {
      if (isSign(event)) seen.signs += 1;
      else seen.events.push(event);
    }
    seen.final = final ? await final(stream) : null;
  } catch (error) {
    seen.raised = error.constructor.name;
    seen.message = error.message;
  }
  return seen;
};

const results = {};
for (const fault of faults.split(' ')) {
  const options = { headers: { 'X-Sim-Fault': fault } };
  const model = 'm';
  const readers = {
    'chat': () => read(() => openai.chat.completions.create({ model, messages, stream: true }, options)),
    'chat, helper': () => read(() => openai.chat.completions.stream({ model, messages }, options), (s) => s.finalChatCompletion()),
    'responses': () => read(() => openai.responses.create({ model, input: messages, stream: true }, options)),
    'responses, helper': () => read(() => openai.responses.stream({ model, input: messages }, options), (s) => s.finalResponse()),
    'messages': () => read(() => anthropic.messages.create({ model, max_tokens: 99, messages, stream: true }, options)),
    'messages, helper': () => read(() => anthropic.messages.stream({ model, max_tokens: 99, messages }, options), (s) => s.finalMessage()),
  };
  const done = await Promise.all(Object.entries(readers).map(async ([name, run]) => [name, await run()]));
  results[fault] = Object.fromEntries(done);
}
process.stdout.write(JSON.stringify(results));
process.exit(0);
