using System;
using System.Buffers.Binary;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;

namespace Serai.InitLocals;

/// <summary>
/// Looks at what follows each localloc: the length, the constructor of a span, the call of Zeroed. Operands may by chance hold the two
/// bytes of localloc; then a method is refused wrongly, and loudly.
/// </summary>
internal static class StackMemory
{
    private const byte LoadMinusOne = 0x15;
    private const byte LoadEight = 0x1e;
    private const byte LoadByte = 0x1f;
    private const byte LoadWord = 0x20;
    private const byte Call = 0x28;
    private const byte NewObject = 0x73;
    private const int TokenBytes = 4;

    /// <summary>Whether every stackalloc of the code is zeroed at once.</summary>
    public static bool IsZeroed(MetadataReader metadata, ReadOnlySpan<byte> code)
    {
        ReadOnlySpan<byte> localloc = [0xfe, 0x0f];
        while (code.IndexOf(localloc) is var found && found >= 0)
        {
            code = code[(found + localloc.Length)..];
            if (!CallsZeroed(metadata, code))
                return false;
        }

        return true;
    }

    private static bool CallsZeroed(MetadataReader metadata, ReadOnlySpan<byte> code)
    {
        int length = code[0] switch
        {
            >= LoadMinusOne and <= LoadEight => 1,
            LoadByte => 2,
            LoadWord => 5,
            _ => -1,
        };
        int call = length + 1 + TokenBytes;
        if (length < 0 || code.Length < call + 1 + TokenBytes || code[length] != NewObject || code[call] != Call)
            return false;
        EntityHandle callee = MetadataTokens.EntityHandle(BinaryPrimitives.ReadInt32LittleEndian(code[(call + 1)..]));
        return Name(metadata, callee) == "Zeroed";
    }

    private static string Name(MetadataReader metadata, EntityHandle method) => method.Kind switch
    {
        HandleKind.MethodSpecification => Name(metadata, metadata.GetMethodSpecification((MethodSpecificationHandle)method).Method),
        HandleKind.MethodDefinition => metadata.GetString(metadata.GetMethodDefinition((MethodDefinitionHandle)method).Name),
        HandleKind.MemberReference => metadata.GetString(metadata.GetMemberReference((MemberReferenceHandle)method).Name),
        _ => "",
    };
}
