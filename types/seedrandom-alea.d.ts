// `@types/seedrandom` leaves out the generator modules; this is the one that core/random uses.
declare module "seedrandom/lib/alea.js" {
  interface AleaSource {
    (): number;
    double(): number;
  }
  export default function alea(seed: string): AleaSource;
}
