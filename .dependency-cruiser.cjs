// The table of src/ARCHITECTURE.md, checked on every import, type-only ones included.

const rooms = ['base', 'protocol', 'keys', 'attach', 'client', 'service', 'runners', 'model-server', 'cli'];

/** Which rooms each room may import, beside itself. */
const mayImport = {
  base: [],
  protocol: ['base'],
  keys: ['base'],
  attach: ['base', 'protocol'],
  client: ['base', 'protocol', 'keys', 'attach'],
  service: ['base', 'protocol', 'keys'],
  runners: ['base', 'protocol'],
  'model-server': ['base', 'protocol'],
  cli: ['base', 'protocol', 'keys', 'attach'],
};

const roomRules = rooms.map((room) => ({
  name: `room-${room}`,
  severity: 'error',
  from: { path: `^src/${room}/` },
  to: { path: '^(src|webview-ui|test|bench)/', pathNot: `^src/(${[room, ...mayImport[room]].join('|')})/` },
}));

/** The arrow of the service: each domain may import what stands to its left. */
const domains = [
  'storage',
  'search',
  'data',
  'versions',
  'privacy',
  'experiments',
  'training',
  'models',
  'deployments',
  'traces',
  'import',
  'remote',
  'mlflow',
];

/** A domain speaks to the others through these files alone. */
const publicFiles = {
  storage:
    '(database|duckdb|textFunction|foreignDatabase|statementCache|keyedTable|writer|errors|processLock|migrations/all)\\.ts$',
  search: '(syntax|parseFilter|parseOrder|noun|bindings|compile)\\.ts$',
  data: '(encodedTable|encodeTuples|data|rowCopy|openTable|table|writeTable|errors|rpc)\\.ts$',
  versions: '(versions|rpc)\\.ts$',
  privacy: '(privacy|rpc)\\.ts$',
  experiments:
    '(experiments|store|storeErrors|sqliteStore|artifactStorage|entityNames|names|scriptOfTags|rpc)\\.ts$',
  models: '(store|sqliteStore|errors)\\.ts$',
  traces: '(store|sqliteStore|errors)\\.ts$',
  import: '(rpc)\\.ts$',
  remote: '(remoteTracking|rpc)\\.ts$',
  mlflow: '(server)\\.ts$',
};

const domainRules = domains.flatMap((domain, index) => {
  const later = domains.slice(index + 1);
  const own = `^src/service/${domain}/`;
  return [
    ...(later.length === 0
      ? []
      : [
          {
            name: `arrow-${domain}`,
            severity: 'error',
            from: { path: own },
            to: { path: `^src/service/((${later.join('|')})/|main\\.ts)` },
          },
        ]),
    ...(publicFiles[domain] === undefined
      ? []
      : [
          {
            name: `public-${domain}`,
            severity: 'error',
            from: { path: '^src/service/', pathNot: own },
            to: { path: own, pathNot: `${own}${publicFiles[domain]}` },
          },
        ]),
  ];
});

module.exports = {
  forbidden: [
    ...roomRules,
    ...domainRules,
    {
      name: 'webview-ui',
      severity: 'error',
      from: { path: '^webview-ui/' },
      to: { path: '^(src|test)/', pathNot: '^src/(base|protocol)/' },
    },
    {
      name: 'vscode-only-in-client',
      severity: 'error',
      from: { pathNot: '^(src/client|test)/' },
      to: { path: '(^vscode$|@types/vscode/)' },
    },
    {
      name: 'no-node-in-plain-rooms',
      severity: 'error',
      from: { path: '^(src/(base|protocol)|webview-ui)/', pathNot: '^webview-ui/dev/' },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'native-only-in-storage',
      severity: 'error',
      from: { path: '^(src|webview-ui)/', pathNot: '^src/service/storage/' },
      to: { path: 'better-sqlite3|@duckdb' },
    },
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'nothing-from-tests',
      severity: 'error',
      from: { path: '^(src|webview-ui)/' },
      to: { path: '^(test|bench)/' },
    },
  ],
  options: {
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
  },
};
