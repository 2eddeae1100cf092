using System.Threading;

using Serai.Abi.Io;
using Serai.Hypervisor.Domains;
using Serai.Hypervisor.Traps;
using Serai.Machine.Memory;

namespace Serai.Hypervisor.Events;

/// <summary>
/// The answer of a xenstore that is not there. A domain made from a boot module has the ring (public/io/xs_wire.h) but no port for it. A guest that
/// asks all the same, through port 0, would wait for ever, as GRUB does for its disks; so every request is answered with the error ENOENT. The ring
/// is the guest's memory: indexes that make no sense are not followed, and no turn handles more than the ring can hold.
/// </summary>
public static class AbsentXenstore
{
    private const uint RingBytes = 1024;
    private const uint HeaderBytes = 16;

    private static System.ReadOnlySpan<byte> Error => "ENOENT\0"u8;

    /// <summary>Answers all requests that are complete.</summary>
    public static void Answer(ref Domain domain)
    {
        if (domain.StoreFrame.Value == 0)
            return;
        ref XenstoreRing ring = ref DirectMap.At<XenstoreRing>(domain.StoreFrame.Address);
        for (uint turn = 0; turn < RingBytes / HeaderBytes; turn++)
        {
            if (!TryAnswerOne(ref ring))
                return;
            Preemption.Charge(Cost.StoreRequest);
        }
    }

    private static bool TryAnswerOne(ref XenstoreRing ring)
    {
        uint consumer = ring.RequestConsumer, producer = ring.ResponseProducer;
        uint waiting = unchecked(Volatile.Read(ref ring.RequestProducer) - consumer);
        uint used = unchecked(producer - Volatile.Read(ref ring.ResponseConsumer));
        uint answerBytes = HeaderBytes + (uint)Error.Length;
        if (waiting < HeaderBytes || waiting > RingBytes || used > RingBytes - answerBytes)
            return false;
        uint length = Word(ref ring, unchecked(consumer + 12));
        if (length > waiting - HeaderBytes)
            return false;
        Put(ref ring, ref producer, (uint)XenstoreMessageType.Error);
        Put(ref ring, ref producer, Word(ref ring, unchecked(consumer + 4)));
        Put(ref ring, ref producer, Word(ref ring, unchecked(consumer + 8)));
        Put(ref ring, ref producer, (uint)Error.Length);
        foreach (byte letter in Error)
        {
            ring.Response[(int)(producer % RingBytes)] = letter;
            producer = unchecked(producer + 1);
        }
        Volatile.Write(ref ring.ResponseProducer, producer);
        Volatile.Write(ref ring.RequestConsumer, unchecked(consumer + HeaderBytes + length));
        return true;
    }

    private static uint Word(ref XenstoreRing ring, uint index)
    {
        uint word = 0;
        for (uint place = 0; place < 4; place++)
            word |= (uint)ring.Request[(int)(unchecked(index + place) % RingBytes)] << (int)(8 * place);
        return word;
    }

    private static void Put(ref XenstoreRing ring, ref uint producer, uint word)
    {
        for (int place = 0; place < 4; place++, producer = unchecked(producer + 1))
            ring.Response[(int)(producer % RingBytes)] = unchecked((byte)(word >> (8 * place)));
    }
}
