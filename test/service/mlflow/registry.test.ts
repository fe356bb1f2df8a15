import { describe, expect, test } from 'vitest';
import { clientOf, newRun, startServer } from './trackingServer.ts';

type Client = ReturnType<typeof clientOf>;

async function start() {
  const started = await startServer();
  return { ...started, client: clientOf(started.server.uri) };
}

/** A model with versions that came from a remote storage. */
async function withVersions(client: Client, name: string, count: number): Promise<void> {
  await client.post('registered-models/create', { name });
  for (let index = 0; index < count; index += 1) {
    await client.post('model-versions/create', { name, source: `s3://bucket/${name}/${index}` });
  }
}

const errorOf = ({ status, json }: { status: number; json: { error_code: string; message: string } }) => [
  status,
  json.error_code,
  json.message,
];

describe('registered models', () => {
  test('a new one has what was given and nothing that is empty', async () => {
    const { client } = await start();
    const { json } = await client.post('registered-models/create', {
      name: 'penguins',
      description: '',
      tags: [
        { key: 'team', value: 'x' },
        { key: 'team', value: 'y' },
      ],
    });
    const created = json.registered_model;
    expect(created).toEqual({
      name: 'penguins',
      creation_timestamp: created.creation_timestamp,
      last_updated_timestamp: created.creation_timestamp,
      tags: [{ key: 'team', value: 'y' }],
    });
    expect(errorOf(await client.post('registered-models/create', { name: 'penguins' }))).toEqual([
      400,
      'RESOURCE_ALREADY_EXISTS',
      'Registered Model (name=penguins) already exists.',
    ]);
    expect(errorOf(await client.get('registered-models/get', { name: 'none' }))).toEqual([
      404,
      'RESOURCE_DOES_NOT_EXIST',
      'Registered Model with name=none not found',
    ]);
  });

  test('description, new name, tags and deletion', async () => {
    const { client } = await start();
    await withVersions(client, 'a', 1);
    await withVersions(client, 'taken', 0);
    await client.post('registered-models/alias', { name: 'a', alias: 'champion', version: '1' });
    await client.post('registered-models/update', { name: 'a', description: 'text' }, 'PATCH');
    await client.post('registered-models/set-tag', { name: 'a', key: 'k', value: 'v' });
    await client.post('registered-models/set-tag', { name: 'a', key: 'empty' });
    expect((await client.post('registered-models/rename', { name: 'a', new_name: 'taken' })).status).toBe(
      400,
    );
    await client.post('registered-models/rename', { name: 'a', new_name: 'b' });
    const { registered_model } = (await client.get('registered-models/get', { name: 'b' })).json;
    expect(registered_model).toMatchObject({
      name: 'b',
      description: 'text',
      tags: [
        { key: 'empty', value: '' },
        { key: 'k', value: 'v' },
      ],
      aliases: [{ alias: 'champion', version: '1' }],
      latest_versions: [{ name: 'b', version: '1', current_stage: 'None' }],
    });
    expect(registered_model.latest_versions[0]).not.toHaveProperty('aliases');
    const silent = await client.post('registered-models/delete-tag', { name: 'b', key: 'none' }, 'DELETE');
    expect([silent.status, silent.text]).toEqual([200, '{}']);
    expect((await client.post('registered-models/delete', { name: 'b' }, 'DELETE')).text).toBe('{}');
    expect((await client.get('model-versions/get', { name: 'b', version: '1' })).status).toBe(404);
    await withVersions(client, 'b', 1);
    expect((await client.get('model-versions/get', { name: 'b', version: '1' })).status).toBe(200);
  });

  test.each([
    ['', "Missing value for required parameter 'name'. See the API docs"],
    [' ', "Missing value for required parameter 'name'."],
    ['a/b', "Invalid model name 'a/b'. Names cannot contain '/' or ':'."],
    ['a:b', "Invalid model name 'a:b'. Names cannot contain '/' or ':'."],
    ['..', "This name would resolve to '..'"],
    [5, "Invalid value 5 for parameter 'name' supplied:  Hint: Value was of type 'int'."],
  ])('the name %j is refused', async (name, text) => {
    const { client } = await start();
    const { status, json } = await client.post('registered-models/create', { name });
    expect([status, json.error_code]).toEqual([400, 'INVALID_PARAMETER_VALUE']);
    expect(json.message).toContain(text);
  });

  test.each([
    ['../k', 'v', 'Invalid value "../k" for parameter \'key\' supplied: Names may be treated as files'],
    ['k?', 'v', 'Invalid value "k?" for parameter \'key\' supplied: Names may only contain'],
    ['k'.repeat(251), 'v', "'key' exceeds the maximum length of 250 characters"],
    ['k', 'v'.repeat(100_001), "'value' exceeds the maximum length of 100000 characters"],
  ])('a tag beyond its limits is refused', async (key, value, text) => {
    const { client } = await start();
    await withVersions(client, 'a', 1);
    for (const refused of [
      await client.post('registered-models/create', { name: 'n', tags: [{ key, value }] }),
      await client.post('registered-models/set-tag', { name: 'a', key, value }),
      await client.post('model-versions/set-tag', { name: 'a', version: '1', key, value }),
    ]) {
      expect(refused.status).toBe(400);
      expect(refused.json.message).toContain(text);
      expect(refused.json.message).not.toContain('See the API docs');
    }
  });

  test('search goes through pages by name and leaves prompts out', async () => {
    const { client } = await start();
    for (const name of ['c', 'a', 'b']) {
      await withVersions(client, name, 1);
    }
    await client.post('registered-models/create', {
      name: 'prompt',
      tags: [{ key: 'mlflow.prompt.is_prompt', value: 'true' }],
    });
    const names = ({ json }: { json: { registered_models: { name: string }[] } }) =>
      json.registered_models.map((model) => model.name);
    const first = await client.get('registered-models/search', { max_results: '2' });
    expect(names(first)).toEqual(['a', 'b']);
    const second = await client.get('registered-models/search', {
      max_results: '2',
      page_token: first.json.next_page_token,
    });
    expect(names(second)).toEqual(['c']);
    expect(second.json).not.toHaveProperty('next_page_token');
    const tooMany = await client.get('registered-models/search', { max_results: '1001' });
    expect(tooMany.json.message).toContain(
      "parameter 'max_results' supplied:  Hint: Value was of type 'str'.",
    );
  });
});

test('search by name, tags and order; prompts only when they are asked for', async () => {
  const { client } = await start();
  for (const name of ['penguins', 'Pelicans', 'geese']) {
    await withVersions(client, name, 1);
  }
  await client.post('registered-models/set-tag', { name: 'geese', key: 'team', value: 'a' });
  const isPrompt = { key: 'mlflow.prompt.is_prompt', value: 'true' };
  await client.post('registered-models/create', { name: 'prompt', tags: [isPrompt] });
  await client.post('model-versions/create', { name: 'prompt', source: 'dummy-source', tags: [isPrompt] });
  const names = async (filter: string, order_by = 'name ASC') => {
    const { json } = await client.get('registered-models/search', { filter, order_by });
    return (json.registered_models ?? []).map((model: { name: string }) => model.name);
  };
  expect(await names("tag.`mlflow.prompt.is_prompt` != 'true'")).toEqual(['Pelicans', 'geese', 'penguins']);
  expect(await names("tags.`mlflow.prompt.is_prompt` = 'true'")).toEqual(['prompt']);
  expect(await names("name ILIKE 'pe%' AND tag.`mlflow.prompt.is_prompt` != 'true'")).toEqual([
    'Pelicans',
    'penguins',
  ]);
  expect(await names("name LIKE 'pe%'")).toEqual(['penguins']);
  expect(await names("tags.team = 'a'")).toEqual(['geese']);
  expect(await names("tags.team != 'b'")).toEqual(['geese']);
  expect(await names('', 'last_updated_timestamp DESC')).toHaveLength(3);
  expect(await names('', 'name DESC')).toEqual(['penguins', 'geese', 'Pelicans']);
  const versions = async (filter: string, order_by = 'name ASC') => {
    const { json } = await client.get('model-versions/search', { filter, order_by });
    return (json.model_versions ?? []).map((version: { name: string }) => version.name);
  };
  expect(await versions("name = 'geese'")).toEqual(['geese']);
  expect(await versions("name IN ('geese', 'penguins') AND version_number >= 1")).toEqual([
    'geese',
    'penguins',
  ]);
  expect(await versions("source_path LIKE 's3://%'")).toHaveLength(3);
  expect(await versions("run_id = ''")).toHaveLength(3);
  expect(await versions("tags.`mlflow.prompt.is_prompt` = 'true'")).toEqual(['prompt']);
  for (const filter of ["stage = 'None'", 'name = penguins', "name = 'a' OR name = 'b'"]) {
    const refused = await client.get('model-versions/search', { filter });
    expect([refused.status, refused.json.error_code]).toEqual([400, 'INVALID_PARAMETER_VALUE']);
  }
  const twice = await client.raw(
    '/api/2.0/mlflow/registered-models/search?order_by=name&order_by=name%20DESC',
  );
  expect(twice.status).toBe(400);
});

describe('versions', () => {
  test('count up, are ready at once, and keep their numbers when deleted', async () => {
    const { client } = await start();
    await client.post('registered-models/create', { name: 'm' });
    const { json } = await client.post('model-versions/create', {
      name: 'm',
      source: 's3://bucket/x',
      tags: [{ key: 'k', value: 'v' }],
    });
    const { model_version } = json;
    expect(model_version).toEqual({
      name: 'm',
      version: '1',
      creation_timestamp: model_version.creation_timestamp,
      last_updated_timestamp: model_version.creation_timestamp,
      current_stage: 'None',
      description: '',
      source: 's3://bucket/x',
      run_id: '',
      status: 'READY',
      tags: [{ key: 'k', value: 'v' }],
      run_link: '',
    });
    await client.post('model-versions/create', { name: 'm', source: 's3://bucket/y' });
    await client.post('registered-models/alias', { name: 'm', alias: 'champion', version: '2' });
    await client.post('model-versions/delete', { name: 'm', version: '2' }, 'DELETE');
    expect(errorOf(await client.get('model-versions/get', { name: 'm', version: '2' }))).toEqual([
      404,
      'RESOURCE_DOES_NOT_EXIST',
      'Model Version (name=m, version=2) not found',
    ]);
    expect((await client.get('registered-models/alias', { name: 'm', alias: 'champion' })).status).toBe(400);
    const next = await client.post('model-versions/create', { name: 'm', source: 's3://bucket/z' });
    expect(next.json.model_version.version).toBe('3');
    expect(errorOf(await client.get('model-versions/get', { name: 'm', version: 'x' }))).toEqual([
      400,
      'INVALID_PARAMETER_VALUE',
      "Parameter 'version' must be an integer, got 'x'.",
    ]);
  });

  test('a description is changed, and taken away by none', async () => {
    const { client } = await start();
    await withVersions(client, 'm', 1);
    const one = { name: 'm', version: '1' };
    const described = await client.post('model-versions/update', { ...one, description: 'd' }, 'PATCH');
    expect(described.json.model_version.description).toBe('d');
    const without = await client.post('model-versions/update', one, 'PATCH');
    expect(without.json.model_version).not.toHaveProperty('description');
  });

  test('stages in any case, archiving the others, and the latest of each', async () => {
    const { client } = await start();
    await withVersions(client, 'm', 3);
    const move = (version: string, stage: string, archive_existing_versions?: boolean) =>
      client.post('model-versions/transition-stage', {
        name: 'm',
        version,
        stage,
        archive_existing_versions,
      });
    await move('1', 'production', true);
    const moved = await move('2', 'Production', true);
    expect(moved.json.model_version.current_stage).toBe('Production');
    const stages = ({ json }: { json: { model_versions?: { version: string; current_stage: string }[] } }) =>
      json.model_versions?.map((version) => [version.version, version.current_stage]);
    expect(stages(await client.post('registered-models/get-latest-versions', { name: 'm' }))).toEqual([
      ['1', 'Archived'],
      ['2', 'Production'],
      ['3', 'None'],
    ]);
    const asked = { name: 'm', stages: ['archived', 'NONE'] };
    expect(stages(await client.post('registered-models/get-latest-versions', asked))).toEqual([
      ['1', 'Archived'],
      ['3', 'None'],
    ]);
    const query = await client.raw(
      '/api/2.0/mlflow/registered-models/get-latest-versions?name=m&stages=None&stages=Production',
    );
    expect(stages(query)).toEqual([
      ['2', 'Production'],
      ['3', 'None'],
    ]);
    expect(errorOf(await move('1', 'Foo'))).toEqual([
      400,
      'INVALID_PARAMETER_VALUE',
      'Invalid Model Version stage: Foo. Value must be one of None, Staging, Production, Archived.',
    ]);
    expect((await move('1', 'Archived', true)).status).toBe(400);
  });

  test('search: last changed first, without aliases, in pages', async () => {
    const { client } = await start();
    await withVersions(client, 'a', 2);
    await withVersions(client, 'b', 1);
    await client.post('registered-models/alias', { name: 'a', alias: 'champion', version: '2' });
    const first = await client.get('model-versions/search', { max_results: '2' });
    expect(first.json.model_versions).toHaveLength(2);
    expect(first.text).not.toContain('champion');
    const page_token = first.json.next_page_token;
    const second = await client.get('model-versions/search', { max_results: '2', page_token });
    expect(second.json.model_versions).toHaveLength(1);
    const none = await client.get('model-versions/search', { max_results: '0' });
    expect(none.json.message).toBe('Invalid value for max_results. It must be a positive integer, but got 0');
  });
});

describe('aliases', () => {
  test('point at one version, move, and are found again', async () => {
    const { client } = await start();
    await withVersions(client, 'm', 2);
    const set = (alias: string, version: string) =>
      client.post('registered-models/alias', { name: 'm', alias, version });
    await set('champion', '1');
    await set('other', '2');
    await set('champion', '2');
    const found = await client.get('registered-models/alias', { name: 'm', alias: 'champion' });
    expect(found.json.model_version).toMatchObject({ version: '2', aliases: ['champion', 'other'] });
    const latest = await client.get('registered-models/alias', { name: 'm', alias: 'latest' });
    expect(latest.json.model_version.version).toBe('2');
    await client.post('registered-models/alias', { name: 'm', alias: 'champion' }, 'DELETE');
    expect(errorOf(await client.get('registered-models/alias', { name: 'm', alias: 'champion' }))).toEqual([
      400,
      'INVALID_PARAMETER_VALUE',
      'Registered model alias champion not found.',
    ]);
    const again = await client.post('registered-models/alias', { name: 'm', alias: 'champion' }, 'DELETE');
    expect([again.status, again.text]).toEqual([200, '{}']);
  });

  test.each([
    ['latest', "'latest' alias name (case insensitive) is reserved."],
    ['Latest', "'latest' alias name (case insensitive) is reserved."],
    ['v3', "Version alias name 'v3' is reserved."],
    [
      'a b',
      "Invalid alias name: 'a b'. Names may only contain alphanumerics, underscores (_), and dashes (-).",
    ],
    ['../x', "Invalid alias name: '../x'."],
    ['x'.repeat(256), "'Registered model alias name' exceeds the maximum length of 255 characters"],
    ['', "Missing value for required parameter 'alias'."],
  ])('%s is refused', async (alias, text) => {
    const { client } = await start();
    await withVersions(client, 'm', 1);
    const refused = await client.post('registered-models/alias', { name: 'm', alias, version: '1' });
    expect(refused.status).toBe(400);
    expect(refused.json.message).toContain(text);
  });
});

describe('where a version comes from', () => {
  test('a folder of its run, named by the run or by its artifact address', async () => {
    const { client } = await start();
    const run_id = await newRun(client);
    await client.post('registered-models/create', { name: 'm' });
    for (const source of [`mlflow-artifacts:/0/${run_id}/artifacts/model`, `runs:/${run_id}/model`]) {
      const { json } = await client.post('model-versions/create', { name: 'm', source, run_id });
      expect(json.model_version).toMatchObject({ source, run_id });
      const { version } = json.model_version;
      const place = await client.get('model-versions/get-download-uri', { name: 'm', version });
      expect(place.json).toEqual({ artifact_uri: source });
    }
    const other = await newRun(client);
    for (const source of [`mlflow-artifacts:/0/${run_id}/artifacts/model`, `runs:/${run_id}/model`]) {
      const refused = await client.post('model-versions/create', { name: 'm', source, run_id: other });
      expect(errorOf(refused)).toEqual([
        400,
        'INVALID_PARAMETER_VALUE',
        `Invalid model version source: '${source}'. The run_id request parameter must identify the resource ` +
          'that contains the source.',
      ]);
    }
  });

  test('a copy of another version has its files and its run', async () => {
    const { client } = await start();
    const run_id = await newRun(client);
    const source = `runs:/${run_id}/model`;
    await client.post('registered-models/create', { name: 'm' });
    await client.post('registered-models/create', { name: 'copy' });
    await client.post('model-versions/create', { name: 'm', source, run_id });
    await client.post('registered-models/alias', { name: 'm', alias: 'champion', version: '1' });
    for (const named of ['models:/m/1', 'models:/m@champion', 'models:/m/latest', 'models:/m/None']) {
      const { json } = await client.post('model-versions/create', { name: 'copy', source: named });
      expect(json.model_version).toMatchObject({ source: 'models:/m/1', run_id });
      const { version } = json.model_version;
      const place = await client.get('model-versions/get-download-uri', { name: 'copy', version });
      expect(place.json).toEqual({ artifact_uri: source });
    }
    const spoofed = { name: 'copy', source: 'models:/m/1', run_id: 'f'.repeat(32) };
    expect((await client.post('model-versions/create', spoofed)).status).toBe(400);
    const missing = await client.post('model-versions/create', { name: 'copy', source: 'models:/m/9' });
    expect(missing.status).toBe(404);
  });

  test.each([
    '/etc/passwd',
    'file:///etc/passwd',
    'C:\\Windows',
    'C:/Windows',
    '\\\\host\\share',
    '../up',
    'mlflow-artifacts:/../../etc',
    'mlflow-artifacts:/0/RUN/artifacts/../../x',
    'mlflow-artifacts:/0/RUN/artifacts/%2e%2e/%2e%2e/x',
    'mlflow-artifacts:/0/RUN/artifacts/%252e%252e/x',
    'mlflow-artifacts:/0/RUN/artifacts/..%2fx',
    'mlflow-artifacts:/0/RUN/artifacts/x#/../../y',
    'mlflow-artifacts:/0/RUN/artifacts/x?/../../y',
    'mlflow-artifacts:/0/RUN/artifacts\\..\\x',
    'mlflow-artifacts:/0/RUN/artifacts/%00',
    'mlflow-artifacts://host/../x',
    'mlflow-artifacts:/.uploads/x',
    's3://bucket/../x',
    'https://host/api/2.0/mlflow-artifacts/artifacts/../../x',
    'runs:/RUN/../x',
    'runs://host/RUN/x',
    'models:/../x',
    'models://host/m/1',
    'models:/',
  ])('the source %s is refused, with and without the tag of a prompt', async (template) => {
    const { client, models } = await start();
    const run_id = await newRun(client);
    const source = template.replace('RUN', run_id);
    await client.post('registered-models/create', { name: 'm' });
    for (const more of [
      {},
      { run_id },
      { tags: [{ key: 'mlflow.prompt.is_prompt', value: 'true' }] },
      { run_id, tags: [{ key: 'mlflow.prompt.is_prompt', value: 'true' }] },
    ]) {
      const refused = await client.post('model-versions/create', { name: 'm', source, ...more });
      expect([refused.status, refused.json.error_code]).toEqual([400, 'INVALID_PARAMETER_VALUE']);
    }
    expect(models.getRegisteredModel('m').latestVersions).toEqual([]);
  });

  test('a prompt has a word in place of a source, and its text in a tag of any size up to the limit', async () => {
    const { client } = await start();
    const tags = [
      { key: 'mlflow.prompt.is_prompt', value: 'true' },
      { key: 'mlflow.prompt.text', value: 'x'.repeat(100_000) },
    ];
    await client.post('registered-models/create', { name: 'p', tags: tags.slice(0, 1) });
    const { status } = await client.post('model-versions/create', {
      name: 'p',
      source: 'dummy-source',
      tags,
    });
    expect(status).toBe(200);
  });
});

test('changes are told with the name of the model and a version that grows', async () => {
  const { client, models } = await start();
  const told: { registeredModel?: string; version: number }[] = [];
  const listening = models.onDidChange((change) => told.push(change));
  await withVersions(client, 'm', 1);
  await client.get('registered-models/get', { name: 'm' });
  await client.post('registered-models/create', { name: 'm' });
  await client.post('registered-models/rename', { name: 'm', new_name: 'n' });
  listening.dispose();
  expect(told.map((change) => change.registeredModel)).toEqual(['m', 'm', 'm', 'n']);
  const versions = told.map((change) => change.version);
  expect(versions).toEqual([...versions].sort((a, b) => a - b));
  expect(new Set(versions).size).toBe(versions.length);
});
