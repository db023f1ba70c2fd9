// Never has enough: asks the model again and again, two calls at a time, until it is refused. It knows no key and no price.
const ask = async () => {
  const response = await fetch(`${process.env.ANTHROPIC_BASE_URL}/v1/messages`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-api-key': process.env.ANTHROPIC_API_KEY },
    body: JSON.stringify({
      model: 'demo-model',
      max_tokens: 400,
      stream: true,
      messages: [{ role: 'user', content: 'Think about it some more.' }],
    }),
  });
  await response.text();
  return response.status;
};

for (;;) {
  const statuses = await Promise.all([ask(), ask()]);
  if (statuses.some((status) => status !== 200)) {
    console.log(`refused: ${statuses.join(' ')}`);
    break;
  }
}
