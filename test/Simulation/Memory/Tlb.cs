using Serai.Simulation;

namespace Serai.Machine.Memory;

/// <summary>The translation look-aside buffer and the loaded root; what is remembered is in <see cref="Translations"/>.</summary>
public static class Tlb
{
    /// <summary>Flushes so far.</summary>
    public static uint Clock { get; private set; }

    /// <summary>The physical address of the loaded top-level table.</summary>
    public static ulong Root { get; private set; }

    /// <summary>Loads a top-level table and so forgets all translations.</summary>
    public static void Load(ulong root)
    {
        Clock = unchecked(Clock + 1);
        Root = root;
        Translations.Forget();
        Journal.Write(Act.LoadRoot, root);
    }

    /// <summary>Forgets all translations.</summary>
    public static void Flush() => Load(Root);

    /// <summary>Forgets one page's translation, whatever the address is.</summary>
    public static void FlushPage(ulong address)
    {
        Translations.Forget(address >> Mfn.Shift);
        Journal.Write(Act.FlushPage, address);
    }
}
