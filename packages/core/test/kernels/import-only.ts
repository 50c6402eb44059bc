// Imports packages one after another, and says what WebAssembly each took: what was compiled, made or asked.
const api = Reflect.get(globalThis, "WebAssembly") as Record<string, object>;
let used: string[] = [];
for (const name of ["Module", "Instance", "Memory", "validate", "compile", "instantiate"]) {
  api[name] = new Proxy(api[name], {
    apply(target, self, args) {
      used.push(name);
      return Reflect.apply(target as () => unknown, self, args);
    },
    construct(target, args) {
      used.push(name);
      return Reflect.construct(target as new () => object, args);
    },
  });
}
const report: Record<string, string[]> = {};
for (const specifier of process.argv.slice(2)) {
  used = [];
  await import(specifier);
  report[specifier] = used;
}
process.stdout.write(JSON.stringify(report));
