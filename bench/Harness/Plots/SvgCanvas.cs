using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Xml.Linq;

namespace Serai.Bench.Plots;

/// <summary>Where a text stands from its point.</summary>
public enum Anchor
{
    /// <summary>It begins there.</summary>
    Start,

    /// <summary>It is centred there.</summary>
    Middle,

    /// <summary>It ends there.</summary>
    End,
}

/// <summary>A picture being drawn, in SVG: a few shapes, positions to a tenth of a pixel, and the same text for the same calls.</summary>
public sealed class SvgCanvas
{
    /// <summary>What one character of ordinary text is wide, at most on the average.</summary>
    public const double CharacterWidth = 6.4;

    private static readonly XNamespace Svg = "http://www.w3.org/2000/svg";

    private readonly XElement root;

    /// <summary>A white picture with a title for those who cannot see it.</summary>
    public SvgCanvas(double width, double height, string title)
    {
        root = new XElement(Svg + "svg", new XAttribute("viewBox", $"0 0 {Text(width)} {Text(height)}"), new XAttribute("width", Text(width)),
            new XAttribute("height", Text(height)), new XAttribute("font-family", "DejaVu Sans, Helvetica, Arial, sans-serif"),
            new XAttribute("font-size", "11"), new XAttribute("role", "img"), new XElement(Svg + "title", title));
        Rectangle(0, 0, width, height, "#ffffff");
    }

    /// <summary>A filled rectangle; one without size is left out.</summary>
    public void Rectangle(double x, double y, double width, double height, string fill)
    {
        if (width > 0 && height > 0)
            Add("rect", ("x", Text(x)), ("y", Text(y)), ("width", Text(width)), ("height", Text(height)), ("fill", fill));
    }

    /// <summary>A straight line.</summary>
    public void Line(double x1, double y1, double x2, double y2, string stroke, double width = 1)
        => Add("line", ("x1", Text(x1)), ("y1", Text(y1)), ("x2", Text(x2)), ("y2", Text(y2)), ("stroke", stroke), ("stroke-width", Text(width)));

    /// <summary>Lines from point to point.</summary>
    public void Path(IEnumerable<(double X, double Y)> points, string stroke, string dashes)
    {
        string text = string.Join(' ', points.Select(point => $"{Text(point.X)},{Text(point.Y)}"));
        Add("polyline", ("points", text), ("fill", "none"), ("stroke", stroke), ("stroke-width", "2"), ("stroke-dasharray", dashes),
            ("stroke-linejoin", "round"));
    }

    /// <summary>A dot.</summary>
    public void Dot(double x, double y, string fill) => Add("circle", ("cx", Text(x)), ("cy", Text(y)), ("r", "3"), ("fill", fill));

    /// <summary>A line of text whose foot is at y.</summary>
    public void Write(double x, double y, string text, Anchor anchor = Anchor.Start, string fill = "#222222", int size = 11, bool bold = false)
    {
        XElement element = Add("text", ("x", Text(x)), ("y", Text(y)), ("fill", fill));
        if (anchor != Anchor.Start)
            element.Add(new XAttribute("text-anchor", anchor == Anchor.End ? "end" : "middle"));
        if (size != 11)
            element.Add(new XAttribute("font-size", size));
        if (bold)
            element.Add(new XAttribute("font-weight", "bold"));
        element.Add(text);
    }

    /// <summary>The picture as a file.</summary>
    public override string ToString() => root + "\n";

    private XElement Add(string name, params (string Name, string Value)[] attributes)
    {
        var element = new XElement(Svg + name, attributes.Select(attribute => new XAttribute(attribute.Name, attribute.Value)));
        root.Add(element);
        return element;
    }

    private static string Text(double number) => number.ToString("0.#", CultureInfo.InvariantCulture);
}
