import { openSession } from "@trimtab/handles";
import { createStore } from "@trimtab/store";
import { builtinTypes, choice, float } from "@trimtab/types";

const store = createStore({ types: builtinTypes });
const app = await openSession(store, "assistant", {
  temperature: float({ min: 0, max: 2, default: 0.7 }),
  model: choice(["gpt-4", "claude-3"], { default: "gpt-4" }),
});
const { temperature, model } = app.variables;
console.log(temperature.value, model.value); // 0.7 gpt-4

temperature.subscribe((value, { previous, version }) => console.log(`${previous} -> ${value}, version ${version}`));
await temperature.set(0.9); // told: 0.7 -> 0.9, version 1
await app.set({ temperature: 0.2, model: "claude-3" }); // told: 0.9 -> 0.2, version 2; one commit, seen whole

// temperature.set("hot") and model.set("gtp-4") do not compile; what no compiler can know is refused as it happens.
await temperature.set(2.5).catch((refusal) => console.log(refusal.message));

await app.settled(); // all subscribers have been told
console.log(app.values); // { temperature: 0.2, model: 'claude-3' }
await app.close();
await store.close();
