// Imports one package, and says what WebAssembly that took: modules compiled, instances and memories made.
const api = Reflect.get(globalThis, "WebAssembly") as Record<string, unknown>;
const used: string[] = [];
for (const name of ["Module", "Instance", "Memory", "validate", "compile", "instantiate"]) {
  const real = api[name] as (...args: unknown[]) => unknown;
  api[name] = new Proxy(real, {
    apply(target, self, args) {
      used.push(name);
      return Reflect.apply(target, self, args);
    },
    construct(target, args) {
      used.push(name);
      return Reflect.construct(target, args) as object;
    },
  });
}
const before = new Set(used);
await import(process.argv[2]);
process.stdout.write(JSON.stringify(used.filter((name) => !before.has(name))));
