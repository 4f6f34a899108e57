import { http } from '@google-cloud/functions-framework';

http('bare', (_request, response) => response.status(200).send('ok'));
