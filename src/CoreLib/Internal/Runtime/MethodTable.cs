namespace Internal.Runtime;

/// <summary>The data that ilc writes for each type; nothing here reads it.</summary>
internal struct MethodTable
{
}
