using System.Runtime.CompilerServices;

// As everywhere in freestanding code: prologues zero nothing.
[module: SkipLocalsInit]
