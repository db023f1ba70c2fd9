// The two routes of OpenAI on which a model is called.

export type OpenAiRoute = 'responses' | 'chat/completions';
