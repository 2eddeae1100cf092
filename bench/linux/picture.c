/*
 * What the row `compile` compiles, with Debian's tcc in the guest: five libraries of the package libstb-dev, and this, which uses some of them. The
 * program paints a picture, makes it smaller, writes it as PNG, reads that again, and prints a checksum of the pixels.
 */
#include <stdio.h>
#include <stdlib.h>

#define STBI_NO_SIMD
#define STB_IMAGE_IMPLEMENTATION
#include <stb/stb_image.h>
#define STB_IMAGE_WRITE_IMPLEMENTATION
#include <stb/stb_image_write.h>
#define STB_IMAGE_RESIZE_IMPLEMENTATION
#include <stb/stb_image_resize.h>
#define STB_TRUETYPE_IMPLEMENTATION
#include <stb/stb_truetype.h>
#define STB_DS_IMPLEMENTATION
#include <stb/stb_ds.h>

#define SIDE 64

static unsigned char large[4 * SIDE * SIDE * 3], small[SIDE * SIDE * 3];

static void paint(void)
{
    for (int y = 0; y < 2 * SIDE; y++)
        for (int x = 0; x < 2 * SIDE; x++)
            for (int color = 0; color < 3; color++)
                large[(y * 2 * SIDE + x) * 3 + color] = (unsigned char)(x * (color + 1) + (x ^ y));
}

static unsigned long sum(const unsigned char *pixels, int count)
{
    unsigned long check = 0xcbf29ce484222325u;
    for (int i = 0; i < count; i++)
        check = (check ^ pixels[i]) * 0x100000001b3u;
    return check;
}

int main(void)
{
    int length, width, height, colors;
    paint();
    if (!stbir_resize_uint8(large, 2 * SIDE, 2 * SIDE, 0, small, SIDE, SIDE, 0, 3))
        return 1;
    unsigned char *file = stbi_write_png_to_mem(small, 0, SIDE, SIDE, 3, &length);
    unsigned char *back = file == NULL ? NULL : stbi_load_from_memory(file, length, &width, &height, &colors, 3);
    if (back == NULL || width != SIDE || height != SIDE || sum(back, sizeof small) != sum(small, sizeof small))
        return 1;
    printf("%016lx %d\n", sum(back, sizeof small), length);
    return 0;
}
