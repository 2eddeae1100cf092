using System.Threading;

using Serai.Abi.Io;
using Serai.Hypervisor.Ground;
using Serai.Hypervisor.Records;
using Serai.Machine.Memory;

namespace Serai.Hypervisor.Domains;

/// <summary>
/// The answer of a xenstore that is not there. A domain made from a boot module has the ring (public/io/xs_wire.h) and a port for it, whose other
/// end is the hypervisor. Whoever asks would wait for ever without an answer, as GRUB does for its disks and Linux at its start; so every request
/// is answered with the error ENOENT and an event. The ring is the guest's memory: indexes that make no sense are not followed, and no turn takes
/// more than the ring can hold. A guest tells of what it writes only where nothing is left of what it wrote before, and of what it reads only where
/// the ring was full: requests are taken and answers written byte by byte, as far as they come (<see cref="StoreRequest"/>).
/// </summary>
public static class AbsentXenstore
{
    private const uint RingBytes = 1024;
    private const int RequestPlace = 4, LengthPlace = 12;

    private static System.ReadOnlySpan<byte> Error => "ENOENT\0"u8;

    private static uint AnswerBytes => StoreHeader.Length + (uint)Error.Length;

    /// <summary>Takes what has come and answers what is complete; whether the guest is to look.</summary>
    public static bool Answer(ref Domain domain)
    {
        if (domain.Store.Frame.Value == 0)
            return false;
        ref XenstoreRing ring = ref DirectMap.At<XenstoreRing>(domain.Store.Frame.Address);
        ref StoreRequest request = ref domain.Store.Request;
        uint consumer = ring.RequestConsumer, producer = ring.ResponseProducer, firstConsumer = consumer, firstProducer = producer;
        uint waiting = unchecked(Volatile.Read(ref ring.RequestProducer) - consumer);
        uint used = unchecked(producer - Volatile.Read(ref ring.ResponseConsumer));
        if (waiting > RingBytes || used > RingBytes)
            return false;
        uint end = unchecked(consumer + waiting), full = unchecked(producer + RingBytes - used);
        while (TryTake(ref ring, ref request, ref consumer, end) && TryTell(ref ring, ref request, ref producer, full))
        {
            request = default;
            Preemption.Charge(Cost.StoreRequest);
        }
        Volatile.Write(ref ring.ResponseProducer, producer);
        Volatile.Write(ref ring.RequestConsumer, consumer);
        return consumer != firstConsumer || producer != firstProducer;
    }

    /// <summary>Takes what there is of a request; true once it is complete.</summary>
    private static bool TryTake(ref XenstoreRing ring, ref StoreRequest request, ref uint consumer, uint end)
    {
        for (; request.Taken < StoreHeader.Length; request.Taken++, consumer = unchecked(consumer + 1))
        {
            if (consumer == end)
                return false;
            request.Header[(int)request.Taken] = ring.Request[(int)(consumer % RingBytes)];
            if (request.Taken == StoreHeader.Length - 1)
                request.BodyLeft = Word(request.Header, LengthPlace);
        }
        uint there = unchecked(end - consumer), body = request.BodyLeft < there ? request.BodyLeft : there;
        request.BodyLeft -= body;
        consumer = unchecked(consumer + body);
        return request.BodyLeft == 0;
    }

    /// <summary>Writes what there is room for of the answer; true once it is complete.</summary>
    private static bool TryTell(ref XenstoreRing ring, ref StoreRequest request, ref uint producer, uint full)
    {
        for (; request.Told < AnswerBytes; request.Told++, producer = unchecked(producer + 1))
        {
            if (producer == full)
                return false;
            ring.Response[(int)(producer % RingBytes)] = AnswerAt(request.Header, (int)request.Told);
        }
        return true;
    }

    /// <summary>A byte of the answer: the type of an error, what the request calls itself, and the text.</summary>
    private static byte AnswerAt(in StoreHeader header, int place)
    {
        if (place >= StoreHeader.Length)
            return Error[place - StoreHeader.Length];
        if (place is >= RequestPlace and < LengthPlace)
            return header[place];
        uint word = place < RequestPlace ? (uint)XenstoreMessageType.Error : (uint)Error.Length;
        return unchecked((byte)(word >> (8 * (place % 4))));
    }

    private static uint Word(in StoreHeader header, int place)
    {
        uint word = 0;
        for (int index = 0; index < 4; index++)
            word |= (uint)header[place + index] << (8 * index);
        return word;
    }
}
