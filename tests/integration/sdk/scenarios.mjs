// What programs do with the official SDKs, given nothing but a base URL and a key. Prints one JSON object: the name of
// each scenario and all that the SDK showed in it. sdk_test.py runs this past the gateway and through it.
//
//   node scenarios.mjs http://127.0.0.1:8433 some-key

import Anthropic from '@anthropic-ai/sdk';
import OpenAI from 'openai';

const [base, key] = process.argv.slice(2);
const openai = new OpenAI({ baseURL: `${base}/v1`, apiKey: key, maxRetries: 0 });
const anthropic = new Anthropic({ baseURL: base, apiKey: key, authToken: null, maxRetries: 0 });

const model = 'sdk-model';
const ask = (content) => [{ role: 'user', content }];
const weather = {
  type: 'object',
  properties: { city: { type: 'string' }, days: { type: 'integer' }, metric: { type: 'boolean' } },
  required: ['city'],
};
const chatTools = [{ type: 'function', function: { name: 'get_weather', description: 'd', parameters: weather } }];
const responseTools = [{ type: 'function', name: 'get_weather', description: 'd', parameters: weather, strict: false }];
const messageTools = [{ name: 'get_weather', description: 'd', input_schema: weather }];
const fault = (text) => ({ headers: { 'X-Sim-Fault': text } });

const collect = async (stream) => {
  const events = [];
  for await (const event of await stream) events.push(event);
  return events;
};

// Reads three events, then gives up as a user does who presses Ctrl-C.
const abort = async (start) => {
  const controller = new AbortController();
  const seen = [];
  try {
    for await (const event of await start(controller.signal)) {
      // What the SDK had read already may still come behind the abort: how much, is chance.
      if (seen.length < 3) seen.push(event);
      if (seen.length === 3) controller.abort();
    }
    return { seen, end: 'finished' };
  } catch (error) {
    return { seen, end: error.constructor.name };
  }
};

const failure = (start) => async () => {
  try {
    return { unexpected: await start() };
  } catch (error) {
    const { status, code, type, param, message, error: body } = error;
    return { class: error.constructor.name, status, code, type, param, message, body };
  }
};

const scenarios = {
  'chat': () => openai.chat.completions.create({ model, messages: ask('hello there'), temperature: 0.5, n: 1 }),
  'chat, headers': async () => {
    const { data, response } = await openai.chat.completions.create({ model, messages: ask('hi') }).withResponse();
    return { data, status: response.status, type: response.headers.get('content-type') };
  },
  'chat, unicode': () => openai.chat.completions.create({ model, messages: ask('流 🌊 \u0000 "\\"') }),
  'chat, stream': () => collect(openai.chat.completions.create({ model, messages: ask('a b c'), stream: true })),
  'chat, stream with usage': () =>
    collect(openai.chat.completions.create({
      model, messages: ask('a b c'), stream: true, stream_options: { include_usage: true } })),
  'chat, stream helper': async () => {
    const stream = openai.chat.completions.stream({ model, messages: ask('helper words') });
    const deltas = [];
    stream.on('content', (delta) => deltas.push(delta));
    return { final: await stream.finalChatCompletion(), deltas };
  },
  'chat, long stream': async () =>
    (await collect(openai.chat.completions.create({ model, messages: ask('long'), stream: true }, fault('tokens=2000')))).length,
  'chat, tool call': () =>
    openai.chat.completions.create({ model, messages: ask('use the tool for Kiel'), tools: chatTools }),
  'chat, tool call, stream': () =>
    collect(openai.chat.completions.create({ model, messages: ask('use the tool'), tools: chatTools, stream: true })),
  'chat, tool loop': async () => {
    const calls = [];
    const tool = (args) => { calls.push(args); return 'sunny'; };
    const runner = openai.chat.completions.runTools({
      model, messages: ask('use the tool for Kiel'),
      tools: [{ type: 'function', function: { name: 'get_weather', parse: JSON.parse, parameters: weather, function: tool } }],
    });
    return { text: await runner.finalContent(), calls, messages: runner.messages };
  },
  'responses': () => openai.responses.create({ model, input: 'hello there', metadata: { a: 'b' } }),
  'responses, stream': () => collect(openai.responses.create({ model, input: 'a b c', stream: true })),
  'responses, tool call': () =>
    openai.responses.create({ model, input: ask('use the tool'), tools: responseTools }),
  'responses, tool call, stream': () =>
    collect(openai.responses.create({ model, input: ask('use the tool'), tools: responseTools, stream: true })),
  'responses, stream helper': async () =>
    (await openai.responses.stream({ model, input: 'helper' }).finalResponse()).output_text,
  'embeddings': () => openai.embeddings.create({ model, input: ['one', 'two'], dimensions: 8 }),
  'embeddings, floats': () => openai.embeddings.create({ model, input: 'one', encoding_format: 'float', dimensions: 4 }),
  'models': () => collect(openai.models.list()),
  'model': async () => openai.models.retrieve((await openai.models.list()).data[0].id),
  'messages': () => anthropic.messages.create({ model, max_tokens: 50, messages: ask('hello there') }),
  'messages, stream': () =>
    collect(anthropic.messages.create({ model, max_tokens: 50, messages: ask('a b c'), stream: true })),
  'messages, stream helper': async () => {
    const text = [];
    const stream = anthropic.messages.stream({ model, max_tokens: 50, messages: ask('helper') }).on('text', (t) => text.push(t));
    return { final: await stream.finalMessage(), text };
  },
  'messages, tool call': () =>
    anthropic.messages.create({ model, max_tokens: 50, messages: ask('use the tool'), tools: messageTools }),
  'messages, tool call, stream': () =>
    collect(anthropic.messages.create({
      model, max_tokens: 50, messages: ask('use the tool'), tools: messageTools, stream: true })),
  'messages, count': () => anthropic.messages.countTokens({ model, messages: ask('count me') }),
  'messages, models': () => collect(anthropic.models.list()),
  'chat, error inside a 200': failure(() =>
    openai.chat.completions.create({ model, messages: ask('x') }, fault('error-in-200')).then((r) => r)),
  'chat, error in the stream': failure(() =>
    collect(openai.chat.completions.create({ model, messages: ask('x y z'), stream: true }, fault('error-chunk')))),
  'messages, error in the stream': failure(() =>
    collect(anthropic.messages.create({ model, max_tokens: 9, messages: ask('x y z'), stream: true }, fault('error-chunk')))),
  'models, an unknown one': failure(() => openai.models.retrieve('there-is-none')),
  'chat, no messages': failure(() => openai.chat.completions.create({ model })),
  'chat, abort': () => abort((signal) =>
    openai.chat.completions.create({ model, messages: ask('abort'), stream: true }, { signal, ...fault('token-delay=20ms,tokens=5000') })),
  'responses, abort': () => abort((signal) =>
    openai.responses.create({ model, input: 'abort', stream: true }, { signal, ...fault('token-delay=20ms,tokens=5000') })),
  'messages, abort': () => abort((signal) =>
    anthropic.messages.create(
      { model, max_tokens: 9999, messages: ask('abort'), stream: true },
      { signal, ...fault('token-delay=20ms,tokens=5000') })),
  'chat, timeout': failure(() =>
    openai.chat.completions.create({ model, messages: ask('x') }, { timeout: 300, ...fault('silence') })),
};
for (const status of [400, 401, 403, 404, 409, 413, 422, 429, 500, 503, 529]) {
  scenarios[`chat, ${status}`] = failure(() =>
    openai.chat.completions.create({ model, messages: ask('x'), stream: status === 404 }, fault(`status=${status}`)));
  scenarios[`messages, ${status}`] = failure(() =>
    anthropic.messages.create({ model, max_tokens: 9, messages: ask('x') }, fault(`status=${status}`)));
}

// Ids of the transfer, not of the answer: they are to differ.
const plain = (value) =>
  JSON.parse(JSON.stringify(value, (name, part) => (['_request_id', 'request_id', 'requestID'].includes(name) ? undefined : part)));

const results = {};
for (const [name, run] of Object.entries(scenarios)) {
  try {
    results[name] = { result: plain(await run()) };
  } catch (error) {
    results[name] = { threw: `${error.constructor.name}: ${error.message}` };
  }
}
process.stdout.write(JSON.stringify(results));
process.exit(0);
